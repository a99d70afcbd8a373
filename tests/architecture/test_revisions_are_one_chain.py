"""The revisions of each service are one chain: two that follow the same one are found before a database is."""

import re

import pytest

from congvan import places

ROOT = places.streams_file().parents[2]
CHAINS = sorted(ROOT.glob("services/*/src/*/migrations/versions"), key=str)
REVISION = re.compile(r'^(revision|down_revision)(?:: [^=]+)? = (?:"([^"]+)"|None)$', re.MULTILINE)


def test_there_are_services_with_revisions():
    assert len(CHAINS) >= 5


@pytest.mark.parametrize("versions", CHAINS, ids=lambda folder: folder.parents[1].name)
def test_each_revision_follows_another_one_and_one_is_the_newest(versions):
    found = [dict(REVISION.findall(each.read_text(encoding="utf-8"))) for each in versions.glob("*.py")]
    revisions = [each["revision"] for each in found]
    followed = [each["down_revision"] for each in found]

    assert len(set(revisions)) == len(revisions)
    assert len(set(followed)) == len(followed), "two revisions follow the same one"
    assert set(followed) - {""} <= set(revisions)
    assert len(set(revisions) - set(followed)) == 1
