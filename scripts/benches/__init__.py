"""Benches: each measures one part beside what it is compared to, in the same run."""
