"""Recalling: which turns of which sessions a question is about, in what order, and why.

The core is pure: scores, turns and a moment go in, ranked turns with reasons come out; `service.py`
and `store.py` fetch what it needs. It refuses to know what is done with what is recalled.
"""
