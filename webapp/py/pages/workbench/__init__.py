"""The workbench, which shows and labels images; several pages share it."""
