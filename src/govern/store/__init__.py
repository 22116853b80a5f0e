"""Where results are kept beyond the run folder."""
