"""A vendor that is made up, with partners, facts and a story: what `echelon demo` shows.

Everything in it is made through the rooms' services, by people with their own rights.
"""
