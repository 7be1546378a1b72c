"""The documentation site: what Sphinx needs to build it, and the pages that are generated."""
