"""How letters are worded and by which way they come, as the services take it."""

from portal.doorkeeping import Form
from portal.pages.lettering import TEXTS, texts_of
from portal.pages.profile import channels_of


def test_an_empty_text_is_in_our_own_words_and_lines_end_in_one_way() -> None:
    typed = texts_of(Form([("subject_vi", " Việc mới "), ("body_vi", "Một.\r\nHai."), ("sms", "  ")]))

    assert typed == dict.fromkeys(TEXTS) | {"subject_vi": "Việc mới", "body_vi": "Một.\nHai."}


def test_each_way_is_chosen_once_in_its_order() -> None:
    form = Form(
        [("channel", "sms"), ("channel", ""), ("channel", "email"), ("channel", "sms"), ("phone", "0912345678")]
    )

    assert channels_of(form) == {"channels": ["sms", "email"], "phone": "0912345678", "webhook_url": None}
    assert channels_of(Form([]))["channels"] == []
