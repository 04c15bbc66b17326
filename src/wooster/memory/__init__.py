"""What was said: sessions and their turns, kept as they come and found again by their words.

A turn's message is stored before anything is asked of a model, and each piece of an answer before
it is shown. It refuses to know models, sockets and terminals. (Facts and episodes come later.)
"""
