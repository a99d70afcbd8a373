"""Which revision is the newest follows from what follows what, not from what the files are called."""

from chassis.migrating import Migrations


def test_a_revision_that_is_named_earlier_may_come_later(tmp_path) -> None:
    versions = tmp_path / "versions"
    versions.mkdir()
    for name, after in (("1_a", "None"), ("3_c", '"1_a"'), ("2_b", '"3_c"')):
        (versions / f"{name}_words.py").write_text(f'revision = "{name}"\ndown_revision = {after}\n')

    assert Migrations(tmp_path, ()).head == "2_b"
