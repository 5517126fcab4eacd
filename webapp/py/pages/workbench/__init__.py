"""What shows and labels images; pages that need it share it."""
