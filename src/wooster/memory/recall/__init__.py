"""Recalling: which turns of which sessions a question is about, in what order, and why.

Pure: scores, turns and a moment go in, ranked turns with reasons come out. It refuses to know where
turns and scores come from, what time it is, and what is done with what is recalled.
"""
