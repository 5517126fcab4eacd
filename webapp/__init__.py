"""The web application of Limner: page shell, Python rooms and tools."""
