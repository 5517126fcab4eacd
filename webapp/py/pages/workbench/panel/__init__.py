"""The right panel: classes, annotations and questions."""
