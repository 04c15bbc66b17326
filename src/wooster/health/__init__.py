"""The health log: what a person says of their health, in a file that they can read and edit.

The file is the truth, in the original's format; everything that is told of it is counted by code.
"""
