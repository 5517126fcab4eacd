"""The sync server: accounts, projects, assignments, annotations and reviews. It never sees a pixel."""
