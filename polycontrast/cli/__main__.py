"""``python -m polycontrast.cli`` does what ``polycontrast`` does."""

import sys

from polycontrast.cli.main import main

sys.exit(main())
