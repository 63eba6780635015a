"""What is done to a transaction that is under way: by its issuer's systems, or by the operator's people."""
