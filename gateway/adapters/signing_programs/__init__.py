"""Programs on recipients' devices that sign with their certificates: how each is called and answers."""
