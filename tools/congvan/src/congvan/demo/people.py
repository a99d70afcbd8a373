"""The people of the demo: invented names, one account for each role and for each unit that answers."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

FAMILY = ("Nguyễn Văn", "Trần Thị", "Lê Văn", "Phạm Thị", "Hoàng Văn", "Đỗ Thị")
GIVEN = "ABCDEGHIKLMNOPQRSTUVXY"
OFFICE = {
    "chuyen-vien": ("desk_officer", "Nguyễn Văn A"),
    "lanh-dao": ("leader", "Trần Văn B"),
    "van-thu": ("clerk", "Lê Thị C"),
}
"""Who works at the department: account → role and name, as the decree's own examples name people."""


def name_of(index: int) -> str:
    """Return an invented name."""
    return f"{FAMILY[index % len(FAMILY)]} {GIVEN[index % len(GIVEN)]}{index // len(GIVEN) or ''}"


def account_of(unit_id: str) -> str:
    """Return the account of the person who answers for a unit."""
    return unit_id.lower()


class Passwords:
    """The passwords of the demo people: made at random once, kept beside the platform, readable by its owner alone."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}

    def of(self, account: str) -> str:
        """Return the password of an account."""
        if account not in self._known:
            # Of every kind the directory asks of a password somebody keeps.
            self._known[account] = f"{secrets.token_urlsafe(9)}-Aa1"
        return self._known[account]

    def keep(self) -> None:
        """Write the passwords down, before anyone gets one of them."""
        half = self._file.with_suffix(".half")
        half.unlink(missing_ok=True)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            json.dump(self._known, out, indent=1)
        half.replace(self._file)


def office(department: str, passwords: Passwords) -> list[dict[str, Any]]:
    """Return the accounts of the department."""
    return [_account(account, name, passwords, [(role, department)]) for account, (role, name) in OFFICE.items()]


def answering(units: dict[str, str], passwords: Passwords) -> list[dict[str, Any]]:
    """Return an account for each unit that answers; `units` maps a unit to its type."""
    return [
        _account(
            account_of(unit_id),
            name_of(index),
            passwords,
            [("commune_officer" if unit_type == "phong_vhxh" else "reporter", unit_id)],
        )
        for index, (unit_id, unit_type) in enumerate(sorted(units.items()))
    ]


def _account(account: str, name: str, passwords: Passwords, posts: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "account": account,
        "full_name": name,
        "email": f"{account}@congvan.example",
        "password": passwords.of(account),
        "must_change_password": False,  # nobody reads these from a letter
        "posts": [{"unit_id": unit_id, "role": role, "valid_from": "2025-07-01"} for role, unit_id in posts],
    }
