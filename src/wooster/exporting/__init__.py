"""Exporting: all of a person's that Wooster keeps, as Markdown and JSON that need no Wooster.

It composes what the capabilities keep; passwords, addresses that may be secrets, and settings are
no part of it. It refuses to know how any of it was made.
"""
