"""`python -m breaktime.cli` is `breaktime`."""

from breaktime.cli import main

main()
