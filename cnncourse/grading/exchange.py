"""nbgrader's exchange on a server of many accounts: whose a submission is, its owner says and not its name."""

from __future__ import annotations

import os
from typing import Any

from nbgrader.exchange.default import ExchangeCollect

try:
    import pwd
except ImportError:  # on Windows, where nbgrader has no exchange
    pwd = None  # type: ignore[assignment]


class CollectFromOwners(ExchangeCollect):
    """Files each submission under the account that owns it.

    The name of a submission is written by the learner's own program, so it may be somebody else's. nbgrader then warns,
    and puts it in the place of what that other learner has handed in.

    Owners that this machine knows no name for keep the name that they give. With ``check_owner = False`` all do: where
    everybody works under one account, it tells nobody apart.
    """

    def _path_to_record(self, path: str) -> dict[str, Any]:
        record: dict[str, Any] = super()._path_to_record(path)
        owner = _account(path) if self.check_owner else None
        if owner is not None and owner != record["username"]:
            self.log.warning("%s bears the name of %s: taken as handed in by %s", path, record["username"], owner)
            record["username"] = owner
        return record


def _account(path: str) -> str | None:
    if pwd is None:
        return None
    try:
        return pwd.getpwuid(os.stat(path).st_uid).pw_name
    except KeyError:
        return None
