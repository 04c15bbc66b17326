"""Wooster as a service of the system: launchd on a Mac, systemd's user manager on Linux.

It describes what is to be started (from the templates in `launchd/`), reads such descriptions back,
and asks `launchctl` or `systemctl` to load, end and tell of it. That a service is never lost is its
rule: what can't be loaded makes way for what was there before. It refuses to know what the daemon
does, whether it answers, and what a person is told.
"""
