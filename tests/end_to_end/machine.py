"""The machine of the city authority: an account with the role `subscriber`, and a key to come in with."""

from datetime import UTC, datetime, timedelta

from chassis.clock import today
from chassis.policy import Purpose
from chassis.transaction import new_id
from congvan.demo import province
from congvan.demo.play import Play


async def city_key(stage, silent) -> str:
    """Make such a machine and return its key, as wide as keys are made."""
    machine = {"account": f"thanh-pho-{new_id()}", "full_name": "Máy chủ thành phố", "email": "m@congvan.example"}
    post = {"unit_id": "*", "role": "subscriber", "valid_from": "2025-07-01"}
    days = {"label": "nhận số liệu", "valid_to": str(today(datetime.now(UTC)) + timedelta(days=30))}
    async with Play(stage.platform, province.demo(), silent) as play:
        administrator = await play.visitor(*stage.platform.administrator)
        made = await administrator.post("directory", "/service-accounts", {**machine, "posts": [post]})
        path = f"/service-accounts/{made['person_id']}/keys"
        scopes = [{"unit_id": "*", "purposes": sorted(Purpose)}]
        key = await administrator.post("directory", path, {**days, "scopes": scopes})
        await play.settle()
    return key["api_key"]
