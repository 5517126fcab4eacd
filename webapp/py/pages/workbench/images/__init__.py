"""The list of images: its index, its rows, its thumbnails."""
