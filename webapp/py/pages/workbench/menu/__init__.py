"""The menu of the selection."""
