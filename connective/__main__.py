"""`python -m connective` is the command line."""

from connective.cli import main

main()
