"""Images: where they come from, and what is wrong when they do not."""
