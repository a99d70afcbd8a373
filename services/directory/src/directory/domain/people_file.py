"""A CSV file of people who are to have accounts, row by row: what can be read, and what is wrong with the rest.

One row per post; rows of one account belong to one person. A row number is the one a spreadsheet shows.
"""

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from chassis.policy import PROVINCE, ROLES
from chassis.text import Line, UnitId, composed
from directory.domain.days import FIRST_DAY, LAST_DAY
from directory.domain.names import AccountName, Email
from directory.domain.people import NewAccount, Post, account_key, overlapping

COLUMNS = ("account", "full_name", "email", "unit_id", "role", "valid_from", "valid_to")
PEOPLE_AT_ONCE = 1000
"""Each costs a slow hash; more would keep the caller waiting for minutes."""

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_account: TypeAdapter[str] = TypeAdapter(AccountName)
_line: TypeAdapter[str] = TypeAdapter(Line)
_email: TypeAdapter[str] = TypeAdapter(Email)
_unit_id: TypeAdapter[str] = TypeAdapter(UnitId)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RowFault:
    """Something wrong with one cell, row or the file, told in two languages. `column` is empty for a whole row."""

    row: int
    column: str
    what_vi: str
    what_en: str


@dataclass(slots=True)
class Reading:
    """What a file of people says. Passwords are not in it: accounts are made with an empty one."""

    accounts: dict[str, NewAccount] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)
    rows_of_units: dict[str, int] = field(default_factory=dict)
    """Where each unit is named first."""

    def blame(self, row: int, column: str, vi: str, en: str) -> None:
        """Note a fault."""
        self.faults.append(RowFault(row, column, vi, en))


def read_people(content: bytes) -> Reading:
    """Read a file of people: UTF-8, with or without a byte order mark, letters composed or not."""
    reading = Reading()
    try:
        text = content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except UnicodeDecodeError:
        reading.blame(0, "", "Tệp không phải UTF-8.", "The file is not UTF-8.")
        return reading
    except csv.Error:
        reading.blame(0, "", "Tệp không phải CSV đúng.", "The file is no sound CSV.")
        return reading
    header = [name.strip() for name in rows[0]] if rows else []
    absent = [name for name in COLUMNS if header.count(name) != 1]
    for name in absent:
        reading.blame(1, name, f"Phải có đúng một cột «{name}».", f"There must be one column '{name}'.")
    if absent:
        return reading
    for number, cells in enumerate(rows[1:], 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            reading.blame(number, "", "Số ô khác số cột.", "The row has another number of cells than the header.")
            continue
        _read_row(reading, number, dict(zip(header, cells, strict=True)))
    if not rows[1:]:
        reading.blame(0, "", "Tệp không có ai.", "There is nobody in the file.")
    if len(reading.accounts) > PEOPLE_AT_ONCE:
        reading.blame(0, "", f"Tối đa {PEOPLE_AT_ONCE} người mỗi lần.", f"At most {PEOPLE_AT_ONCE} people at a time.")
    return reading


def _read_row(reading: Reading, number: int, cells: dict[str, str]) -> None:
    def cell(column: str, parse: Callable[[str], T]) -> T | None:
        try:
            return parse(composed(cells[column].strip()))
        except (ValueError, ValidationError):
            reading.blame(number, column, f"Giá trị ở cột «{column}» không đúng.", f"The value of '{column}' is wrong.")
            return None

    account, name, email = (
        cell("account", _parse(_account)),
        cell("full_name", _parse(_line)),
        cell("email", _parse(_email)),
    )
    unit_id, role = cell("unit_id", _unit), cell("role", _role)
    first, last = cell("valid_from", _day), cell("valid_to", lambda text: _day(text) if text else LAST_DAY)
    if None in {account, name, email, unit_id, role} or first is None or last is None:
        return
    assert account and name and email and unit_id and role  # noqa: S101, PT018  what was just asked
    if last < first:
        reading.blame(number, "valid_to", "valid_to trước valid_from.", "valid_to is before valid_from.")
        return
    reading.rows_of_units.setdefault(unit_id, number)
    post = Post(unit_id, role, first, None if last == LAST_DAY else last)
    known = reading.accounts.get(account_key(account))
    if known is None:
        reading.accounts[account_key(account)] = NewAccount(account, name, email, "", (post,))
    elif (known.full_name, known.email) != (name, email):
        reading.blame(
            number, "account", "Tài khoản này có tên khác ở dòng trên.", "This account is somebody else above."
        )
    elif post in known.posts or overlapping(known.posts, post) or _begins_like(known.posts, post):
        reading.blame(number, "role", "Vai trò này đã có ở dòng trên.", "This post is given above already.")
    else:
        reading.accounts[account_key(account)] = replace(known, posts=(*known.posts, post))


def _begins_like(posts: Sequence[Post], post: Post) -> bool:
    return any(
        (each.unit_id, each.role, each.valid_from) == (post.unit_id, post.role, post.valid_from) for each in posts
    )


def _parse(adapter: TypeAdapter[Any]) -> Callable[[str], str]:
    return lambda text: str(adapter.validate_python(text))


def _unit(text: str) -> str:
    return text if text == PROVINCE else str(_unit_id.validate_python(text))


def _role(text: str) -> str:
    if text not in ROLES:
        raise ValueError(text)
    return text


def _day(text: str) -> date:
    if not _ISO_DATE.fullmatch(text):
        raise ValueError(text)
    day = date.fromisoformat(text)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(text)
    return day
