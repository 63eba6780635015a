"""The SOAP door: HTTP, envelope and signature in front of Spyne, and the operations behind it."""
