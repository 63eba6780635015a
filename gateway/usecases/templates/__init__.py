"""Kept templates: registered by the operator, composed at Submit, each version for ever as it is."""
