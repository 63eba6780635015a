"""A validation report as a file: text, XML (ETSI TS 119 102-2) and PDF. Nothing here judges a signature."""
