"""SMS: by SMPP 3.4 to an operator's centre, or by an operator's HTTP interface."""
