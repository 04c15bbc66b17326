"""The composition root: settings in, running daemon out. The one place that wires things together.

It holds no rule of its own: what it joins is decided and tested elsewhere.
"""
