"""One adapter for each port of the pages, in a real browser."""
