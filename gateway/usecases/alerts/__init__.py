"""The issuer's alerts by e-mail: queued with what they tell of, sent by workers, chosen by the operator."""
