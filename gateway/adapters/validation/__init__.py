"""Validation of anybody's signatures by EN 319 102-1: XAdES, time-stamps, certificates, proofs.

Everything here answers with a report; it needs no network, and believes nothing for being in the file.
"""
