"""Turning a file into documents and chunks: one module for each format, one that cuts.

Pure functions from bytes to values: no files, no clock, no network, no database. The formats'
parsers are other people's and are imported by the function that needs one, because this runs in
a child process (`child.py`) that must start fast and may crash: what a damaged file does to a
parser concerns that file alone.
"""
