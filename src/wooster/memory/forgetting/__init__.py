"""Forgetting: what the person names goes, and with it all that was made of it, wherever it stands.

What has to go is found by where it came from (`choosing.py`), removed in one transaction
(`store.py`), and then swept out of what deleting leaves behind: index segments, the write-ahead
log, copies of the database, the prompt's history and logs (`sweeping.py`). It refuses to know
documents: those are the person's files, and stay.
"""
