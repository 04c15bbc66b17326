"""Insights: patterns in what a person does that chance would hardly make, and the areas of a life.

Both are worked out each time from what the capabilities keep, without a model; only what the person
decided of them is stored. It refuses to know where events come from: `ports` says what it needs.
"""
