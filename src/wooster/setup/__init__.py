"""What Wooster asks a person at first, and again whenever they like: name, zone, folders,
calendars, channels, models, the cloud, and whether it starts at login.

Each step stands alone: it says how things are, can be skipped, and can be taken again. It changes
settings files and has the daemon do the rest, through the same actions as everybody; it refuses to
know how any of them is done.
"""
