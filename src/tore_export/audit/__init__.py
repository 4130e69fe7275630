"""Audits: what is wrong with data that is there, and what is known of each row of it."""
