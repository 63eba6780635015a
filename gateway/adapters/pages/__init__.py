"""Pages of documents as pictures and text, drawn in short-lived processes: hostile files end with them."""
