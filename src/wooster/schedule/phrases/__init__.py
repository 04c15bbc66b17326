"""Time in words, read as a person means it: once, from here to there, so long, or again and again.

Pure: a phrase and the `Context` it is said in give a `When`. No I/O, and no clock of its own.
"""

from wooster.schedule.phrases.finding import find, read
from wooster.schedule.phrases.model import Context, Found, When

__all__ = ["Context", "Found", "When", "find", "read"]
