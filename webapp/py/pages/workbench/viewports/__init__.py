"""Viewports: layouts, stacks, planes and what they show."""
