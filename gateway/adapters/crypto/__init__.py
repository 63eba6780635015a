"""Keys, trust, time-stamps and signatures: everything that an expert would check."""
