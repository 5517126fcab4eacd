"""The storage on one SQLite file."""
