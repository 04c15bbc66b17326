"""The library: documents in folders that the person names, read where they are, never changed.

Files become documents, documents become chunks, and chunks are passages that are searched by words
and by meaning. It refuses to know models, sockets and conversations: who asks, and what is done
with what is found, is decided above it. What stands in a document is data, whatever it says.
"""
