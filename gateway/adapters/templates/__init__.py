"""Documents composed from issuers' kept templates, each in a short-lived process without rights."""
