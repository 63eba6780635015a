"""What recipients get when all is over: word of the outcome, and a copy of their evidence."""
