"""The terminal's face: a prompt, streamed answers, and the one-shot commands.

It knows the daemon only through its socket, and refuses to know anything of models, storage or
settings. Its modules are imported one by one, because the prompt has a budget of 250 ms.
"""
