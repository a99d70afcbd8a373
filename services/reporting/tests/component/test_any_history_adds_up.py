"""Random histories, delivered anyhow, against an addition anybody can follow."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from chassis.tables import inbox, outbox
from chassis.testing import tell_together, waiting_events
from chassis.transaction import new_id
from contracts.submissions import StatedValue
from reporting import operations, store
from reporting.domain.restating import restate
from reporting.tables import (
    aggregates,
    answer_values,
    answers,
    contributions,
    obligation_changes,
    obligations,
    requirements,
)
from unit_tree.projection import TreeReader

YEARS = ("2024-2025", "2025-2026")
CODES = ("stem.implementing", "stem.lessons")
AS_OF = date(2026, 5, 31)
OFFICES = ("commune", "other")
SCHOOLS = ("school-a", "school-b", "school-c", "lead")
COMMITTEES = ("committee", "council")
MERGED_ON, LATER = date(2026, 6, 15), date(2026, 7, 1)
DEPARTMENTS = ("department", "another")
TYPES = ("thcs", "th_thcs", "thpt", "gdtx", "phong_vhxh")
HIGHEST = {"thcs": "lower_secondary", "th_thcs": "lower_secondary", "thpt": "upper_secondary", "gdtx": "continuing"}

_examples = count()

answer = st.fixed_dictionaries(
    {
        # None: left blank.
        "values": st.tuples(st.sampled_from([True, False, None]), st.one_of(st.none(), st.integers(0, 2**70))),
        "is_nil": st.sampled_from([False, False, False, True]),
        "is_late": st.booleans(),
        "outcome": st.sampled_from([None, "returned", "accepted", "withdrawn"]),
    }
)
home = st.tuples(
    st.sampled_from(TYPES),
    st.sampled_from([*OFFICES, *DEPARTMENTS]),
    st.sampled_from([None, "cluster"]),
    st.sampled_from([None, *OFFICES, *COMMITTEES]),
)
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
        # Whom another school answers for, from a moment on.
        "transferred": st.sets(st.sampled_from(SCHOOLS)),
        # After the day the totals stand on, this school becomes the one before it.
        "merged": st.booleans(),
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
            for version, (unit_type, above, cluster, governed) in enumerate(homes, 1):
                relations = {"reporting": self.named(above)}
                if cluster:
                    relations["cluster"] = self.named(cluster)
                if governed:
                    relations["administrative"] = self.named(governed)
                ended = {}
                if plan["merged"] and school == "school-b" and version == len(homes):
                    ended["valid_to"] = MERGED_ON - timedelta(days=1)
                    relations["became"] = [("merged_into", self.named("school-a"), MERGED_ON)]
                yield story.unit(self.named(school), unit_type, version=version, **ended, **relations)
        yield story.unit(self.named("cluster"), "cum_chuyen_mon", cluster_lead=self.named("lead"))
        for unit in plan["owing"]:
            answering = self.named("lead") if unit == "cluster" else None
            yield story.opened(self.named(unit), answering=answering)
            for version, state in enumerate(plan["changes"][unit], 2):
                moved = self.named("lead") if unit in plan["transferred"] else answering
                yield story.changed(self.named(unit), state, version=version, answering=moved)
        for unit, versions in plan["answers"].items():
            version = 0
            for number, each in enumerate(versions, 1):
                version += 1
                yield self._submitted(unit, each, version, number)
                if each["outcome"] is not None:
                    version += 1
                    yield getattr(story, each["outcome"])(self.named(unit), version=version, number=number)

    def _submitted(self, unit, each, version, number):
        told = self.story.submitted(
            self.named(unit), version=version, number=number, is_nil=each["is_nil"], is_late=each["is_late"]
        )
        if each["is_nil"]:
            return told
        stated = [
            StatedValue(indicator=code, period=period, value=value)
            for period in self.plan["periods"] or ("",)
            for code, value in zip(CODES, each["values"], strict=True)
            if value is not None
        ]
        return told.model_copy(update={"values": tuple(stated)})

    def expected(self, *, later=False):
        """Count by hand, by relation, level, unit and period.

        Who reported, owes, has nothing to tell, was late, is returned, is exempt; then the figures, none where nobody
        has told one.
        """
        totals = defaultdict(lambda: [0, 0, 0, 0, 0, 0, [None] * len(CODES)])
        for unit in self.plan["owing"]:
            became = self.plan["changes"][unit][-1:]
            if became == ["replaced"]:
                continue
            versions = self.plan["answers"][unit]
            last = versions[-1] if versions else None
            counts = last is not None and last["outcome"] in (None, "accepted")
            for period in self.plan["periods"] or ("-",):
                for relation, reached, level in self._reached(unit, later=later):
                    total = totals[relation, level, self.named(reached), period]
                    if became == ["exempt"]:
                        total[5] += 1
                        continue
                    total[1] += 1
                    if last is not None and last["outcome"] == "returned":
                        total[4] += 1
                    if counts:
                        total[0] += 1
                        total[2] += last["is_nil"]
                        total[3] += last["is_late"]
                        for place, value in enumerate(last["values"]):
                            added = 0 if last["is_nil"] else value
                            if added is not None:
                                total[6][place] = (total[6][place] or 0) + int(added)
        return {key: (*map(int, total[:6]), tuple(total[6])) for key, total in totals.items()}

    def _reached(self, unit, *, later):
        homes = self.plan["homes"]
        own_type = homes[unit][-1][0] if unit != "cluster" else "cum_chuyen_mon"
        stands = "lead" if unit == "cluster" else unit
        if later and self.plan["merged"] and unit == "school-b":
            stands = "school-a"
        _, above, cluster, governed = homes[stands][-1]
        ways = {("reporting", above)}
        if above in OFFICES:
            ways.add(("reporting", self.plan["departments"][above][-1]))
        if governed:
            ways.add(("administrative", governed))
        if unit == "cluster":
            cluster = "cluster"
        if cluster:
            ways.add(("cluster", cluster))
        return {(*way, level) for way in ways for level in {"", HIGHEST.get(own_type, "")}}


def read(found):
    return {
        (each.relation, level, each.key.unit_id, each.key.period): (
            *(tally.reported, tally.due, tally.nil, tally.late, tally.returned, tally.exempt),
            tuple(tally.total(code) for code in CODES),
        )
        for each in found
        for level, tally in each.figures.items()
        if not tally.is_nothing
    }


def outside(told):
    return tuple(told[f"units_{name}"] for name in ("reported", "due", "nil", "late", "returned", "exempt"))


async def forget_other_histories(frame):
    # The units stay (a tree only ever grows); each history names its own.
    async with frame.engine.begin() as connection:
        told = (requirements, obligations, obligation_changes, answers, answer_values)
        for table in (*told, contributions, aggregates, outbox, inbox):
            await connection.execute(delete(table))


# One frame for all histories: each of them forgets the others.
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(plan=histories, rng=st.randoms(use_true_random=False))
async def test_any_history_told_anyhow_gives_the_totals_of_its_end(frame, new_story, plan, rng):
    history = History(plan, new_story)
    await forget_other_histories(frame)
    letters = [(new_id(), event) for event in history.events()]
    letters += rng.sample(letters, rng.randint(0, len(letters)))
    rng.shuffle(letters)
    while letters:
        size = rng.choice([1, 1, 3, 10, 64])
        batch, letters = letters[:size], letters[size:]
        await tell_together(frame, [event for _, event in batch], ids=[event_id for event_id, _ in batch])

    async with frame.transactions.begin() as tx:
        now = read(await store.aggregates_of(tx, history.story.requirement_id))
        assert now == history.expected()
        standings = await store.standings_of_requirement(tx, history.story.requirement_id)
        recorded = [(each.obligation, each.recorded) for each in standings]
        tree = await TreeReader().tree(tx.connection)
        as_it_was, as_it_is = (restate(recorded, day=day, tree=tree) for day in (AS_OF, LATER))
        assert read(as_it_was[0]) == now
        assert read(as_it_is[0]) == history.expected(later=True)

    last = {}
    for event in await waiting_events(frame):
        if event["data"]["requirement_id"] == str(history.story.requirement_id):
            last[event["data"]["relation"], event["data"]["unit_id"], event["data"]["period"]] = event["data"]
    assert {key: counted for key, told in last.items() if any(counted := outside(told))} == {
        (relation, unit, period): total[:6]
        for (relation, level, unit, period), total in now.items()
        if level == "" and relation != "administrative"
    }
    async with frame.transactions.begin() as tx:
        assert (await operations.verify(tx)).is_true
