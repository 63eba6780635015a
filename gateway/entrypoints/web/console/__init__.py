"""The support console: server-rendered pages over read models that are masked before they come here."""
