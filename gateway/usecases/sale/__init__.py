"""Employees of an issuer: at a point of sale, where they hand a tablet over, and on the telephone."""
