"""What this machine keeps: records as the server said, an outbox of ops on top, and when to send them."""
