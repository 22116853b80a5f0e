"""From cells to drafts: the Inspect task, our journal, the run folder."""
