"""Clock, ids, errors and text: what every other room may use.

It refuses to know any I/O, any event loop, any setting and any other package of the program.
"""
