"""All that is remembered, looked at as a whole: counted, checked for what shouldn't be there, and
written out as files.

It reads what the other rooms of memory store and changes nothing of it. It refuses to know models,
and how something is learned, recalled or forgotten.
"""
