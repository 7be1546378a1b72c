"""Interchange formats: each module has read and write functions. docs/formats.md specifies them."""
