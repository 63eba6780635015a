"""Batch files: XML and ZIP read, reports written, folders watched."""
