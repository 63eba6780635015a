"""What the gateway does: one file a use case, blind to SOAP, SQL and every other technology."""
