"""The commands of ``build.py``: set up the environment, build the runtime and the site, run and test them."""
