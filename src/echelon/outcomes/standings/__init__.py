"""Which tier each enrolled partner qualifies for and holds, by runs that can be proven."""
