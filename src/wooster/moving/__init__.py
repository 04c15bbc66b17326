"""Moving in: the original's folder, exports of other assistants, calendars, contacts.

It reads what others wrote, accounts for every line of it, and hands it to the capabilities, each of
which stores its own. It refuses to know their SQL, and never writes to what it reads.
"""
