"""The model servers: MLX behind an OpenAI-compatible HTTP interface, each in its own process.

The only package that imports `mlx*`, and only inside functions, so that a port answers before MLX
is there. It knows settings and paths; it knows nothing of the daemon, of storage or of a turn.
"""
