"""Random histories, delivered anyhow, against an addition anybody can follow."""

from collections import defaultdict
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from chassis.tables import inbox, outbox
from chassis.testing import tell_together, waiting_events
from chassis.transaction import new_id
from reporting import operations
from reporting.tables import (
    aggregates,
    answer_values,
    answers,
    contributions,
    obligation_changes,
    obligations,
    requirements,
)

YEARS = ("2024-2025", "2025-2026")
CODES = ("stem.implementing", "stem.lessons")
OFFICES = ("commune", "other")
SCHOOLS = ("school-a", "school-b", "school-c", "lead")
STATES = ("open", "exempt", "replaced")
DEPARTMENTS = ("department", "another")
TYPES = ("thcs", "th_thcs", "thpt", "gdtx", "phong_vhxh")
HIGHEST = {"thcs": "lower_secondary", "th_thcs": "lower_secondary", "thpt": "upper_secondary", "gdtx": "continuing"}

_examples = count()

answer = st.fixed_dictionaries(
    {
        "values": st.tuples(st.booleans(), st.integers(0, 2**40)),
        "is_nil": st.sampled_from([False, False, False, True]),
        "outcome": st.sampled_from([None, "returned", "accepted", "withdrawn"]),
    }
)
home = st.tuples(st.sampled_from(TYPES), st.sampled_from([*OFFICES, *DEPARTMENTS]), st.sampled_from([None, "cluster"]))
histories = st.fixed_dictionaries(
    {
        # Each school and office: the homes it has had, the last one being the truth.
        "homes": st.fixed_dictionaries({school: st.lists(home, min_size=1, max_size=3) for school in SCHOOLS}),
        "departments": st.fixed_dictionaries(
            {office: st.lists(st.sampled_from(DEPARTMENTS), min_size=1, max_size=2) for office in OFFICES}
        ),
        "owing": st.sets(st.sampled_from([*SCHOOLS, "cluster"]), min_size=1),
        # What each obligation became, the last one being the truth.
        "changes": st.fixed_dictionaries(
            {
                unit: st.lists(st.sampled_from(["open", "exempt", "replaced"]), max_size=3)
                for unit in [*SCHOOLS, "cluster"]
            }
        ),
        # In the order of the submission; each may be corrected by the next.
        "answers": st.fixed_dictionaries({unit: st.lists(answer, max_size=3) for unit in [*SCHOOLS, "cluster"]}),
        "periods": st.sampled_from([(), YEARS[:1], YEARS]),
    }
)


class History:
    """One history: the events that tell it, and the totals a person would compute from its end."""

    def __init__(self, plan, new_story):
        self.plan = plan
        self.prefix = f"h{next(_examples)}-"
        self.story = new_story(periods=plan["periods"], indicators=CODES)

    def named(self, unit_id):
        return self.prefix + unit_id

    def events(self):
        story, plan = self.story, self.plan
        yield story.issued()
        for office, departments in plan["departments"].items():
            for version, department in enumerate(departments, 1):
                yield story.unit(self.named(office), "phong_vhxh", version=version, reporting=self.named(department))
        for school, homes in plan["homes"].items():
            for version, (unit_type, above, cluster) in enumerate(homes, 1):
                relations = {"reporting": self.named(above)}
                if cluster:
                    relations["cluster"] = self.named(cluster)
                yield story.unit(self.named(school), unit_type, version=version, **relations)
        yield story.unit(self.named("cluster"), "cum_chuyen_mon", cluster_lead=self.named("lead"))
        for unit in plan["owing"]:
            answering = self.named("lead") if unit == "cluster" else None
            yield story.opened(self.named(unit), answering=answering)
            for version, state in enumerate(plan["changes"][unit], 2):
                yield story.changed(self.named(unit), state, version=version, answering=answering)
        for unit, versions in plan["answers"].items():
            version = 0
            for number, each in enumerate(versions, 1):
                version += 1
                yield self._submitted(unit, each, version, number)
                if each["outcome"] is not None:
                    version += 1
                    yield getattr(story, each["outcome"])(self.named(unit), version=version, number=number)

    def _submitted(self, unit, each, version, number):
        told = self.story.submitted(self.named(unit), version=version, number=number, is_nil=each["is_nil"])
        if each["is_nil"]:
            return told
        stated = [
            self.story.submitted(self.named(unit), *each["values"], period=period).values
            for period in self.plan["periods"] or ("",)
        ]
        return told.model_copy(update={"values": tuple(value for values in stated for value in values)})

    def expected(self):
        totals = defaultdict(lambda: [0, 0, defaultdict(int)])
        for unit in self.plan["owing"]:
            if self.plan["changes"][unit][-1:] not in ([], ["open"]):
                continue
            unit_type, above, clusters = self._home(unit)
            versions = self.plan["answers"][unit]
            last = versions[-1] if versions and versions[-1]["outcome"] in (None, "accepted") else None
            for period in self.plan["periods"] or ("-",):
                for reached in {*above, *clusters}:
                    for level in {"", HIGHEST.get(unit_type, "")}:
                        total = totals[level, self.named(reached), period]
                        total[1] += 1
                        if last is not None:
                            total[0] += 1
                            for code, value in zip(CODES, last["values"], strict=True):
                                total[2][code] += 0 if last["is_nil"] else int(value)
        return {
            key: (reported, due, {code: value for code, value in sums.items() if value})
            for key, (reported, due, sums) in totals.items()
        }

    def _home(self, unit):
        unit_type, above, cluster = self.plan["homes"]["lead" if unit == "cluster" else unit][-1]
        way_up = [above] if above in DEPARTMENTS else [above, self.plan["departments"][above][-1]]
        if unit == "cluster":
            return "cum_chuyen_mon", way_up, ["cluster"]
        return unit_type, way_up, [cluster] if cluster else []


@pytest.fixture(scope="module")
async def shared_frame(make_frame):
    return await make_frame()


async def forget_other_histories(frame):
    # The units stay (a tree only ever grows); each history names its own.
    async with frame.engine.begin() as connection:
        told = (requirements, obligations, obligation_changes, answers, answer_values)
        for table in (*told, contributions, aggregates, outbox, inbox):
            await connection.execute(delete(table))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plan=histories, rng=st.randoms(use_true_random=False))
async def test_any_history_told_anyhow_gives_the_totals_of_its_end(shared_frame, new_story, totals_of, plan, rng):
    frame, history = shared_frame, History(plan, new_story)
    await forget_other_histories(frame)
    letters = [(new_id(), event) for event in history.events()]
    letters += rng.sample(letters, rng.randint(0, len(letters)))
    rng.shuffle(letters)
    while letters:
        size = rng.choice([1, 1, 3, 10, 64])
        batch, letters = letters[:size], letters[size:]
        await tell_together(frame, [event for _, event in batch], ids=[event_id for event_id, _ in batch])

    found = {
        (level, *key): total
        for level in ("", "lower_secondary", "upper_secondary", "continuing")
        for key, total in (await totals_of(frame, history.story.requirement_id, level=level or None)).items()
    }
    assert found == history.expected()

    last = {}
    for event in await waiting_events(frame):
        if event["data"]["requirement_id"] == str(history.story.requirement_id):
            last[event["data"]["unit_id"], event["data"]["period"]] = event["data"]
    assert {key: (told["units_reported"], told["units_due"]) for key, told in last.items() if told["units_due"]} == {
        (unit, period): total[:2] for (level, unit, period), total in found.items() if level == ""
    }
    async with frame.transactions.begin() as tx:
        assert await operations.rebuild(tx) == []
