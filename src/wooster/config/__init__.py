"""Where things are and what the person set: paths, shipped resources, settings, the catalogue.

Read once and handed down; nothing else reads environment variables or settings files. Also where
the program itself is, which one worked last, and what its processes may do. It refuses to know what
a setting is used for.
"""
