"""Measures against the goals, side by side in one run: `python -m bench [--quick]`. It brings its own servers."""
