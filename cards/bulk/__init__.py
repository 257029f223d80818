"""One command over many cards or orders: what is possible for each, the question, and the batch that does it."""
