"""Letters that ask for what a test is about, sent out as the department would."""

from datetime import datetime, timedelta
from typing import Any

from person import Staged

from chassis.clock import VIETNAM
from congvan.demo import letter
from congvan.demo.visit import Visitor

NOTHING: dict[str, Any] = {"periods": [], "indicators": [], "sections": []}


async def issue(
    staged: Staged, *requirements: dict[str, Any], subject: str, unit: str | None = None, **more: Any
) -> dict[str, str]:
    """Issue a letter that asks a unit for these; return what it owes: title → obligation."""
    officer, leader, clerk = [await staged.play.visitor(each) for each in ("chuyen-vien", "lanh-dao", "van-thu")]
    drafted = await officer.post("directives", "/directives", drafted_of(staged, requirements, subject, unit, **more))
    path = f"/directives/{drafted['directive_id']}"
    await leader.post("directives", f"{path}/sign")
    await clerk.post("directives", f"{path}/number", {"notation": letter.NOTATION})
    await clerk.post("directives", f"{path}/issue", {"issued_on": datetime.now(VIETNAM).date().isoformat()})
    owed = (await officer.get("directives", f"{path}/obligations"))["obligations"]
    titles = {each["requirement_id"]: each["title"] for each in drafted["requirements"]}
    return {titles[each["requirement_id"]]: each["obligation_id"] for each in owed} | {"": drafted["directive_id"]}


def drafted_of(
    staged: Staged, requirements: tuple[dict[str, Any], ...], subject: str, unit: str | None, **more: Any
) -> dict[str, Any]:
    """Return a draft of the department that asks for these."""
    due_at = (datetime.now(VIETNAM) + timedelta(days=20)).replace(hour=0, minute=0, second=0, microsecond=0)
    term = {
        "as_of": staged.play.province.as_of.isoformat(),
        "due_phrase": f"trước ngày {due_at:%d/%m/%Y}",
        "due_at": due_at.isoformat(),
        "closes_at": (due_at + timedelta(days=30)).isoformat(),
    }
    audience = {"audience": {"unit_types": [], "include": [unit]}} if unit else {}
    return {
        "issuer_unit_id": staged.play.outcome.department,
        "document_type": "official_letter",
        "subject": subject,
        "body": "Các đơn vị thực hiện theo yêu cầu dưới đây./.",
        "addressees": ["Các đơn vị"],
        "recipients": [{"name": "Như kính gửi", "purpose": "execute"}],
        "requirements": [NOTHING | term | audience | each for each in requirements],
        **more,
    }


async def appoint(staged: Staged, account: str, full_name: str, *posts: tuple[str, str]) -> Visitor:
    """Create somebody, and return them at the front doors."""
    administrator = await staged.play.visitor(*staged.play.platform.administrator)
    person = {
        "account": account,
        "full_name": full_name,
        "email": f"{account}@congvan.example",
        "password": staged.passwords.of(account),
        "must_change_password": False,
        "posts": [{"unit_id": unit, "role": role, "valid_from": "2025-07-01"} for role, unit in posts],
    }
    staged.passwords.keep()
    await administrator.post("directory", "/people/bulk", {"people": [person]})
    return await staged.play.visitor(account, staged.passwords.of(account))
