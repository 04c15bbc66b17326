"""Plain sentences that are actions: "I meditated today", "remind me to call Ana tomorrow at 5".

No model writes or decides here: forms of words, and nearness to examples where an embedding server
is up.
"""
