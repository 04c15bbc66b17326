"""From a stretch of conversation, once it pauses, to an episode, facts and what was left to do.

Rules do it at once; a model does it again, better, in the background, when it is there and nobody
is waiting for it. It refuses to know HTTP, and lets nothing in that a person didn't say.
"""
