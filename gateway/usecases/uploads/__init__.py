"""Uploads: announced by a signed request, filled by a handle's bearer, taken by its issuer's batch."""
