"""Let ``python -m cnncourse`` do what ``cnncourse`` does."""

import sys

from cnncourse.cli import main

sys.exit(main())
