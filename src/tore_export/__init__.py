"""Turn parsed documents into fine-tuning datasets."""
