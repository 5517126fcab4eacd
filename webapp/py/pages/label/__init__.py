"""The page that labels images."""
