"""The image list: its index, rows and thumbnails."""
