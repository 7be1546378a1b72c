"""Pages of HTML that need nothing but themselves: the report of a design, and a comparison."""

from connective.page.comparison import comparison_page
from connective.page.report import report_page
from connective.page.testset import Missing, TestSet

__all__ = ["Missing", "TestSet", "comparison_page", "report_page"]
