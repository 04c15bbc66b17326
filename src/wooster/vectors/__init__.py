"""Search by meaning: vectors, the index over them, and what is nearest.

Vectors are kept in SQLite and are the truth; an index is a cache that can be deleted and built
again. This room knows labels, vectors and files. It refuses to know what a vector stands for: where
texts come from, who made their vectors and what is done with what is found.
"""
