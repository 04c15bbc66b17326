"""What is known of the person and theirs: each fact with its words, dates and where it is from.

A fact is never changed into another: what takes its place is a new one, and the old keeps its
dates. It refuses to know models, turns as such, and what is done with what is known.
"""
