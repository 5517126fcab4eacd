"""What both servers share: how they hold on to connections, and when they let go."""
