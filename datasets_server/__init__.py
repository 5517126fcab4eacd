"""Datasets server: one folder over HTTP, read-only, for browsers on other origins."""
