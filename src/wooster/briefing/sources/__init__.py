"""What each capability gives a briefing: its values made into items, one module a capability."""
