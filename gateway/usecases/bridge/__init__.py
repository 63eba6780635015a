"""Calls that two people make through the gateway: placed, followed, recorded, and ended."""
