"""What channels tell of messages after they took them, and what it means."""
