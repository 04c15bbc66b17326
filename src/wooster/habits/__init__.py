"""Habits: what is to be done again and again, and how it goes.

Rules, check-ins and breaks are rows; everything that is said of them (due, done, streaks, rates) is
a pure function of these and of local dates. No model is needed for any of it.
"""
