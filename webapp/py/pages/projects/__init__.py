"""The page that lists projects."""
