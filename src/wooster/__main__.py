"""`python -m wooster`: the same as the console script."""

import sys

from wooster.cli import main

if __name__ == "__main__":
    sys.exit(main())
