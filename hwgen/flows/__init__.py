"""Flows that take a design's files through other tools and read what those report."""
