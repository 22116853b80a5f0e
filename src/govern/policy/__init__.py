"""The written policy, pure: reading it, linting it, saying it back, judging by it."""
