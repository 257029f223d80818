"""How the outbox carries out what was asked for: send, look up, refuse, withdraw."""
