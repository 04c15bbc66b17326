"""Reminders: what a person asks to be told, and when.

They are jobs of the schedule, whose text goes out word for word, by code; no model is asked. It
refuses to know channels, and how time passes.
"""
