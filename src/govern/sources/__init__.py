"""Where suites, datasets, policies, pipelines and recorded drafts come from."""
