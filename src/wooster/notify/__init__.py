"""Channels: the ways on which something that is due reaches a person.

A channel takes a message or says why it didn't. What is tried when, what is tried next and what is
written down of it is the schedule's; what leaves the machine goes through a way out that the
composition root hands in. It refuses to know what a message is about.
"""
