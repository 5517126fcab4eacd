"""The pages: functions from state to a tree."""
