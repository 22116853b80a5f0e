"""Text features, pure and vectorised over a column."""
