"""Sign-in letters: what a new person needs to come in the first time, to be printed or merged, and then thrown away."""

import csv
import html
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

_HEAD = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>Thư cấp tài khoản</title>
<style>
body { font: 12pt/1.5 serif; margin: 2cm; }
section { break-after: page; }
dt { margin-top: 0.5em; } dd { margin: 0; font: bold 14pt monospace; }
</style></head><body>
"""
_LETTER = """<section>
<p>Kính gửi: {name}</p>
<p>Tài khoản của Ông/Bà đã được lập. Mật khẩu dưới đây chỉ dùng một lần: khi đăng nhập lần đầu, hệ thống yêu cầu đổi
mật khẩu. Không chuyển thư này cho người khác; hủy thư sau khi dùng.</p>
<p lang="en">Your account is ready. The password below is good for one thing: choosing another at your first sign-in.
Pass this letter on to nobody; destroy it afterwards.</p>
<dl><dt>Tài khoản / account</dt><dd>{account}</dd><dt>Mật khẩu một lần / one-time password</dt><dd>{password}</dd></dl>
</section>
"""


@dataclass(frozen=True, slots=True)
class SignInLetter:
    """An account, whose it is, and the password it can be opened with once. Kept nowhere."""

    account: str
    full_name: str
    email: str
    password: str = field(repr=False)


def as_page(letters: Sequence[SignInLetter]) -> str:
    """Return one printable page of HTML, a sheet per letter."""
    sheets = (
        _LETTER.format(name=html.escape(each.full_name), account=html.escape(each.account), password=each.password)
        for each in letters
    )
    return f"{_HEAD}{''.join(sheets)}</body></html>\n"


def as_csv(letters: Sequence[SignInLetter]) -> str:
    """Return the letters as CSV with a byte order mark, so that spreadsheets read Vietnamese."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["account", "full_name", "email", "one_time_password"])
    writer.writerows([each.account, _as_text(each.full_name), _as_text(each.email), each.password] for each in letters)
    return f"\ufeff{out.getvalue()}"


def _as_text(cell: str) -> str:
    # A spreadsheet would take these for the beginning of a formula and run it.
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
