"""Where bytes lie: local files and object stores, receipts, the lock."""
