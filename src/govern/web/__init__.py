"""The web application: pages for people, over the verbs of ``app``."""
