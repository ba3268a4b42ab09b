"""How the demo's vendor came to be: three years of work through the rooms' services, by its people.

`tell` goes from the beginning to today; each module is a part of it.
"""
