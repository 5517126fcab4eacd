"""Images from the address to the pixels: locate, fetch, decode."""
