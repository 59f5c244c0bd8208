"""Lets `python -m console` be the command `route-console`."""

import sys

from console.cli import main

if __name__ == "__main__":
    sys.exit(main())
