"""The door of signing programs on recipients' devices; recipients themselves are the portal's."""
