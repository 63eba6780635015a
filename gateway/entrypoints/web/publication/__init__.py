"""What is published for a period, for anybody; and, where it may be accepted, the way to accept it."""
