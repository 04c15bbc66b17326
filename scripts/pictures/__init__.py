"""Pictures: what the README shows, recorded from the real program."""
