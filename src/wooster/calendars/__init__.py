"""Calendars: the person's appointments, read from files, addresses and CalDAV servers.

What was read is kept expanded in the database for a window of time, so that a day's agenda needs no
network, no parser and no model.
"""
