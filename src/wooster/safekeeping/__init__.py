"""Safekeeping: backups of a whole home, and going back to one.

A backup is a copy of the database and, beside it, the files that Wooster keeps for the person:
tasks, notes, health log, calendars, settings. Passwords stay where they are, and what can be worked
out again is left out. It composes what capabilities keep; how files are copied and put in each
other's place is storage's to know.
"""
