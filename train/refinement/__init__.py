"""Discrete search on a discretised network: no relaxation, hence no gap."""
