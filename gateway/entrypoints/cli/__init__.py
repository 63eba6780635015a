"""The command line: it parses words and prints answers; everything else is done by callables it is given."""
