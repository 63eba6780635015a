"""Telling issuers of every event that they subscribed to, by calls to their own systems."""
