"""Where answers come from: providers, the order in which they are asked, our own model servers.

A provider is an OpenAI-compatible server; all of them are unreliable neighbours. This room decides
who may be asked and what happens when one fails. It refuses to know conversations, prompts and the
database's tables other than the egress ledger, and never imports a model library.
"""
