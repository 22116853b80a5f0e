"""The record's chain, what it says of attempts, and how fresh cases are committed to. Pure."""
