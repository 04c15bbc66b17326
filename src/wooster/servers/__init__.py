"""The model servers: MLX behind an OpenAI-compatible HTTP interface, each in its own process.

The only package that imports `mlx*`, and only inside functions, so that a port answers before MLX
is there. It knows settings and paths; it knows nothing of the daemon, of storage or of a turn.

Where to find things, along a request's way. A server is a `command` that takes its port (`ports`,
or two: `moving`), makes an app (`web`, behind its `guard`; errors and reading a body: `openai`) and
has one `worker` thread, which loads a model (`weights`, `memory`, `blas`) and works; `health` and
`metrics` tell how it is. Chat (`chat`, and `fast` with other settings): `chat_routes` read a
`chat_request` (its `tools`), `planning` makes tokens of it (`prompting` by the model's `dialect`,
`teaching` tools to those that know none) and a `constraint`, which `narrowing` puts after a
thought (a `schema` with its `keywords`, `formats`, `references` and what is `unsupported`; `sizes`
and `closing` end an answer in time). `chat_answer` submits a job (`jobs`) to the engine
(`generation`, with `upkeep` between its steps) and writes what comes back (`answer_reader`,
`tool_calls`) as a `completion`. In the engine `admission` says who is next, the `desk` has the
answers under way (`sequences`, `sampling`, `token_bytes`), `prefixes` remembers what was read, and
the `loaded` model decodes (`decoding`) in a `batch` or in turns (`singles`). Embeddings (`embed`):
`embed_routes` read an `embed_request`, `families` know what goes before a text, `texts` makes its
tokens, `embedding` is the engine and `embed_model` computes. `starter` fetches the first models and
`gguf` converts one of them.
"""
