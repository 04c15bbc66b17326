"""Tasks: getting things done in plain Markdown files.

The files are the person's own and are the truth: the one exception to "SQLite is the truth". They
are read and edited by hand at any time, also while Wooster runs; Wooster changes only the lines
that it was asked to change. It keeps nothing of them elsewhere, and no model is needed.
"""
