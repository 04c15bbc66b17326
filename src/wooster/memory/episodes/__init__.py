"""What happened: a few lines for each stretch of conversation, and for months and years of them.

It refuses to know models and how a summary was made; it keeps them, and merges the old ones.
"""
