"""Training records: tasks say what is asked, shapes how it is written."""
