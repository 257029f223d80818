"""OPEN-API: its paths, numbers and words on one side, our snapshots on the other."""
