"""The one registry of everything that can be done: commands, help, completion and API come from it.

An action is a name, a line of help, typed parameters, an effect, the phrases that a person types,
and a handler. The registry refuses to know any of the actions; each capability brings its own.
"""
