"""What the daemon and its clients say to each other: requests, events, and their form on the wire.

Plain dataclasses, so that a client is at its prompt without importing a validation library; the
daemon's web framework validates them on arrival. It refuses to know who sends or receives.
"""

# Raised by every change that an older peer would misread. Fields may be added without raising it:
# both sides ignore what they don't know.
WIRE_VERSION = 1

# Every request and every answer carries it.
WIRE_HEADER = "wooster-wire"
