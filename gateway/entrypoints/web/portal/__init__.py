"""The recipient's portal: identify, read, accept, sign or reject, on a phone and without an account."""
