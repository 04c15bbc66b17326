"""Where things are and what the person set: paths, shipped resources, settings, the catalogue.

Read once and handed down; nothing else reads environment variables or settings files. It refuses
to know what a setting is used for.
"""
