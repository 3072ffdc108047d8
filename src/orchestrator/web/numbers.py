"""Numbers in addresses: as large as JSON can carry exactly, for a database would break on larger ones."""

from typing import Annotated, Final

from fastapi import Header, Path, Query

MOST: Final = 2**53 - 1
After = Annotated[int, Query(ge=0, le=MOST)]
LastEvent = Annotated[int | None, Header(alias="last-event-id", ge=0, le=MOST)]
Version = Annotated[int | None, Query(ge=1, le=MOST)]
PhaseNumber = Annotated[int, Path(ge=1, le=10_000)]
