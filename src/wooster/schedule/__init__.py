"""The engine of time: phrases that a person types, and the rules that they become."""
