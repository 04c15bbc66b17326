"""What is wrong with a home and its machine: each finding, why it matters, and what mends it.

A check is a function from a `Case` to what it `Seen`, and stands in a list; none starts a daemon,
none changes anything, and none needs one to run. What is safe to mend carries a `Fix`, which runs
only where a person asked for it. It refuses to know how anything is wired: what the composition
root makes of the settings, it is handed.
"""
