"""The interface kit: trees, parts and patches. It knows nothing of Limner."""
