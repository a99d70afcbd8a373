"""The digest of an answer is that of its canonical JSON, which anybody can write down again."""

import hashlib
from dataclasses import replace
from uuid import UUID

from submissions.domain.answer import Answer, Stated, digest_of

OBLIGATION = UUID("01a201dd-f51f-71c4-b986-c554c8ae8859")
MEDIA = UUID("01a201dd-f51f-71c4-b986-c554c8ae8860")
ANSWER = Answer(
    values=(Stated("stem.school_implementing", "2025-2026", True), Stated("stem.lessons", "2025-2026", 12)),
    narrative={"solutions": "Sinh hoạt theo cụm.", "documents": ["Kế hoạch 12/KH"]},
    media_ids=(MEDIA,),
    is_nil=False,
)


def test_it_is_the_sha_256_of_what_is_described() -> None:
    written = (
        '{"is_nil":false,"media_ids":["01a201dd-f51f-71c4-b986-c554c8ae8860"],'
        '"narrative":{"documents":["Kế hoạch 12/KH"],"solutions":"Sinh hoạt theo cụm."},'
        '"obligation_id":"01a201dd-f51f-71c4-b986-c554c8ae8859",'
        '"values":[["stem.school_implementing","2025-2026",true],["stem.lessons","2025-2026",12]]}'
    )

    assert digest_of(OBLIGATION, ANSWER).hex() == hashlib.sha256(written.encode()).hexdigest()


def test_whatever_changes_gives_another_one() -> None:
    others = [
        replace(ANSWER, values=ANSWER.values[:1]),
        replace(ANSWER, values=(Stated("stem.school_implementing", "2025-2026", 1), ANSWER.values[1])),
        replace(ANSWER, narrative={}),
        replace(ANSWER, media_ids=()),
        replace(ANSWER, is_nil=True),
    ]

    digests = {digest_of(OBLIGATION, each) for each in [ANSWER, *others]} | {digest_of(MEDIA, ANSWER)}

    assert len(digests) == len(others) + 2
