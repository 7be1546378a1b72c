"""Hostile files for every loader."""
