"""Pages of HTML that need nothing but themselves: the report of a design, and a comparison."""

from connective.page.comparison import comparison_page
from connective.page.held_out import HeldOut
from connective.page.missing import Missing
from connective.page.report import report_page

__all__ = ["HeldOut", "Missing", "comparison_page", "report_page"]
