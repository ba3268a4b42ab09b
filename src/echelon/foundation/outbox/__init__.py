"""News that travels up: announced in the transaction, delivered after it, at least once."""
