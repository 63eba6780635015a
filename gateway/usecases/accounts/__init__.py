"""Signing in, sessions, one's own account and other people's."""
