"""Projects out of and into this browser."""
