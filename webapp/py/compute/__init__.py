"""What runs in the compute worker: functions called by name, and how calls and answers are written."""
