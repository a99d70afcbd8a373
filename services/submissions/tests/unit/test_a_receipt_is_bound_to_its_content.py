"""A receipt can be read out, and belongs to one version with one content."""

from uuid import UUID

from submissions.domain.submission import receipt_code

SUBMISSION = UUID("01a201dd-f51f-71c4-b986-c554c8ae8859")


def test_the_code_is_for_ever_the_same() -> None:
    assert receipt_code(SUBMISSION, 1, b"x" * 32) == receipt_code(SUBMISSION, 1, b"x" * 32) == "4W34X-FP333"


def test_another_version_or_content_has_another_code() -> None:
    codes = {
        receipt_code(SUBMISSION, 1, b"x" * 32),
        receipt_code(SUBMISSION, 2, b"x" * 32),
        receipt_code(SUBMISSION, 1, b"y" * 32),
        receipt_code(UUID(int=SUBMISSION.int + 1), 1, b"x" * 32),
    }

    assert len(codes) == 4


def test_no_letter_is_mistaken_for_a_digit() -> None:
    codes = "".join(receipt_code(SUBMISSION, number, b"x" * 32) for number in range(1, 200))

    assert not set(codes) & set("ILOU")
