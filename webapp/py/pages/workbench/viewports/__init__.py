"""Viewports: layouts, stacks, planes, and how images are shown."""
