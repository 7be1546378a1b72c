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
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4

default_role = "code"  # what docstrings put in backticks
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True

html_theme = "furo"
html_title = f"Connective {release}"
html_copy_source = html_show_sourcelink = False
html_show_sphinx = False
html_static_path = ["site.css"]
html_css_files = ["site.css"]
