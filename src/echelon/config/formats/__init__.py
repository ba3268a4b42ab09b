"""How dates and moments are written, where a language's usual way isn't plain: days and minutes."""
