"""Reminders: what a person asks to be told, and when."""
