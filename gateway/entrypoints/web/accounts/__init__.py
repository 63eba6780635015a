"""Signing in to the consoles, and who is signed in: shared by the console and the web sender."""
