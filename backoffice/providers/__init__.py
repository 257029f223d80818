"""The wire and the vocabulary: what providers understand, and everything they may tell us, in our words."""
