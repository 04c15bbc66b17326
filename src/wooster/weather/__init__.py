"""The weather at one place that the person named, asked of Open-Meteo, which needs no key.

What was fetched is kept with its age, for when nothing can be reached. Without a place nothing is
ever asked. It refuses to know briefings, and whom the person is.
"""
