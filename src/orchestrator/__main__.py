"""`python -m orchestrator` is the command line."""

import sys

from orchestrator.start import main

sys.exit(main())
