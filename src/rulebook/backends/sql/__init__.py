"""Plans as SQL: one query for every database, built as a syntax tree, and what is put beside it.

Low to high: `expressions` (typed trees as SQL), `query` (a plan as a query), `engine` (what a
database must do), `relations` (what an occasion puts into it), `bulk` (runs plans).
"""
