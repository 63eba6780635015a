"""Transactions of the sandbox: their recipients act by themselves, by the very use cases of people."""
