"""Where Python meets the browser: the only room that may import it."""
