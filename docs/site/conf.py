"""How Sphinx builds the site from docs/*.md; `make docs` turns its warnings into errors."""

from connective import __version__

project = "Connective"
author = "the Connective project"
copyright = author
version = release = __version__
language = "en_GB"

extensions = [
    "myst_parser",  # pages are Markdown, as they are read beside the code too
    "sphinx.ext.autodoc",
    "docs.site.docstrings",
    "docs.site.mathml",
]
exclude_patterns = ["site"]
nitpicky = False  # types in signatures are named as they are written, not linked
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
suppress_warnings = ["myst.header"]

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True

html_theme = "furo"
html_title = f"Connective {release}"
html_copy_source = False
html_show_sphinx = False
html_static_path = ["site.css"]
html_css_files = ["site.css"]
