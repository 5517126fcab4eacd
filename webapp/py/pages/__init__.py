"""The pages, the shell around them, and the ports to everything outside."""
