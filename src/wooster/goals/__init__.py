"""Goals: what is to be reached, by when, and how far it is.

What was measured, milestones and deadlines are rows; everything that is said of them (share, pace,
lateness) is a pure function of these and of local dates. No model is needed for any of it.
"""
