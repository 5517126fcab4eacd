"""The tools, one file each. A file dropped in here is found, checked and offered like the others."""
