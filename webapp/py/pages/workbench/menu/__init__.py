"""The context menu of the selection and of the image."""
