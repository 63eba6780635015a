"""What the readers of recordings raise, so that each of them knows nothing of refusals."""


class BrokenRecording(Exception):
    """It is not what it should be, or not whole; the text says what is wrong, for the issuer."""
