"""Classes, annotations and questions at the right."""
