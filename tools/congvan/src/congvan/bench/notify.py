"""`bench notify`: letters into inboxes, e-mails beside the mail library alone, reminders by the hundred thousand."""

import asyncio
import json
import sys
from typing import Any
from uuid import uuid4

import asyncpg

from congvan import places
from congvan.bench.apart import Broken
from congvan.bench.outcome import Aim, Outcome, Sheet
from congvan.demo.play import Told
from congvan.house import House
from congvan.programs import bare_environment, ending_with_us
from notify.reminding.scheduler import LOOK_EVERY_SECONDS

WITHIN_S = 600.0
SCHOOLS, PENDING = 3_000, 100_000
AIMS = {
    "inboxes_s": Aim(at_most=10),
    "mails_s": Aim(at_most=60),
    "mails_of_library": Aim(at_least=0.6),
    "evaluation_s": Aim(at_most=5),
    "due_fires_s": Aim(at_most=60),
    "grown_mib": Aim(at_most=16),
}


async def measure(house: House, told: Told, *, schools: int = SCHOOLS, pending: int = PENDING) -> Outcome:
    """Measure in a database made for it, on the PostgreSQL and the mail server of a running house."""
    told.step(f"{schools} nghĩa vụ, {pending} lần nhắc", f"{schools:,} obligations, {pending:,} reminders")
    database = f"bench_notify_{uuid4().hex[:8]}"
    admin = await asyncpg.connect(house.superuser_url)
    try:
        await admin.execute(f"CREATE DATABASE {database}")
        plan = {
            "schools": schools,
            "pending": pending,
            "url": f"{house.superuser_url.rpartition('/')[0]}/{database}",
            "seed": house.secrets.nats_seeds["notify"],
            "streams_file": str(places.streams_file()),
            "smtp_port": house.addresses.ports["mail"],
        }
        program = await asyncio.create_subprocess_exec(
            *ending_with_us([sys.executable, "-m", "congvan.bench.reminding"]),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env=bare_environment(),
        )
        async with asyncio.timeout(WITHIN_S):
            said, _ = await program.communicate(json.dumps(plan).encode() + b"\n")
        if program.returncode != 0:
            raise Broken("congvan.bench.reminding ended without an outcome")
        await admin.execute(f"DROP DATABASE {database} WITH (FORCE)")
    finally:
        await admin.close()
    run: dict[str, Any] = json.loads(said)
    told.done(
        f"hộp thư {run['inboxes_s']} s, thư điện tử {run['mails_s']} s",
        f"inboxes {run['inboxes_s']} s, e-mails {run['mails_s']} s",
    )
    return outcome(run)


def outcome(run: dict[str, Any]) -> Outcome:
    """Return what was measured."""
    ratios = {
        "inboxes_s": run["inboxes_s"],
        "mails_s": run["mails_s"],
        "mails_of_library": round(run["mails_alone_s"] / run["mails_s"], 2),
        "evaluation_s": max(run["planned_s"], run["told_s"]),
        # The worst there is: what is due just after a look, on a day on which everything is due.
        "due_fires_s": round(LOOK_EVERY_SECONDS + run["told_s"] + run["written_s"], 1),
        "grown_mib": run["grown_mib"],
    }
    columns = ("việc\nwhat", "giây\nseconds")
    rows = [
        [f"{run['letters']} thư vào hộp thư / letters into inboxes", f"{run['inboxes_s']}"],
        [f"gửi thư điện tử / e-mails, {run['lines_to_the_server']} ×", f"{run['mails_s']}"],
        ["chính các thư ấy, chỉ thư viện SMTP / the same by the library alone", f"{run['mails_alone_s']}"],
        [f"xem {run['pending']} việc, chưa đến bậc nào / looked at, nothing to tell", f"{run['planned_s']}"],
        [f"một buổi sáng, {run['due_in_the_morning']} việc đến bậc / a morning", f"{run['morning_s']}"],
        [f"{run['pending']} việc cùng đến bậc / all of them to be told", f"{run['told_s']}"],
        ["viết các thư gộp / writing their digests", f"{run['written_s']}"],
    ]
    return Outcome(
        name="notify",
        figures=run,
        ratios=ratios,
        aims=AIMS,
        sheets=[Sheet("Báo tin và nhắc việc", "Telling and reminding", columns, rows)],
        notes=[
            (
                "Địa chỉ hỏi qua HTTP ở một danh bạ thay thế; máy chủ thư ghi từng thư ra đĩa.",
                "Addresses are asked over HTTP of a stand-in for the directory; the mail server writes each letter to "
                "disk.",
            )
        ],
    )
