"""Where answers come from: providers, the order in which they are asked, our own model servers.

A provider is an OpenAI-compatible server; all of them are unreliable neighbours. This room decides
who may be asked and what happens when one fails. It refuses to know conversations, prompts and the
database's tables other than the egress ledger, and never imports a model library.

What goes to a provider and what comes back is in `model`. Around it:

- who may be asked: `providers` from the settings and their `keys`; `choice` of the tier by what a
  message needs, seen by `features` with the words of `vocabulary` and the numbers of `weights`
- asking: `router` carries out what `fallback` decides; `circuit` and `neighbours` know who failed
  lately, `hang` when silence is a hang, `slots` who goes first; `exchange` is one request
- speaking: `openai_http` over the wire, `dialect` for what servers say, `calls` for their calls of
  tools, `toolless` for those that take none, `rejections` for errors
- leaving: `gate` is the one way out and `outlet` lets no other; `egress` is the ledger, counted by
  the `month`
- our own servers' life: `supervisor` over a `watch` each, which does what `life` decides; `spec` is
  what a server should be, `process` and `ports` what the machine says, `handover` another model
- models on disk: `hub` fetches what `hub_listing` names into a `part_file`; `library` is what is
  here, `recommend` what would fit
"""
