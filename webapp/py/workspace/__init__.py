"""The labeling workspace without a browser: the tool protocol, the tools found, undo, and the session."""
