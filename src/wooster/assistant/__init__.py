"""One turn: what the model is shown, and what happens from the message to the stored answer.

It refuses to know HTTP, sockets, SQL and which provider answers.
"""
