"""The tools, one file each. Any file added here is found, checked and offered like the others."""
