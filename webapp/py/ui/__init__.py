"""The interface kit: trees, parts, patching, reactive state. It does not depend on the rest of Limner."""
