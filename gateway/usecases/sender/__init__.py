"""The web sender's use cases: drafts, sending them, following what was sent, templates and alerts."""
