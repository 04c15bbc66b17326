"""The daemon's face: an HTTP app on a Unix socket, its lock, its logs, its safe mode.

It turns requests into calls and events into server-sent events. It refuses to know SQL, prompts and
model servers: what it serves is handed to it.
"""
