"""Python that runs in the browser (and, for `domain`, on the server too)."""
