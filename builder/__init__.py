"""What ``build.py`` is made of: the environment, the runtime, the site, and running and testing them."""
