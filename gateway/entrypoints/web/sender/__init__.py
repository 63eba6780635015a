"""The web sender's pages under /send: document, people, review, sent; and what became of it."""
