"""Batches: taken in at once, read and worked off by tasks, asked about by their issuer."""
