"""Work that goes on after the answer: a row is the truth, leased, retried, with one effect."""
