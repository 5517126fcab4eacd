"""What pages need of the world outside: protocols, by who is behind them."""
