"""Reminders and other channels by rule: what was sent, what comes next, and doing it."""
