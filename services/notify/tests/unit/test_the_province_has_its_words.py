"""Templates: what is refused, and that what is kept can always be filled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notify.domain import REMINDERS, Kind
from notify.templates.examples import example, examples_of, quoted
from notify.templates.filling import PLACEHOLDERS, Template, fill, filled_texts, fit
from notify.templates.problems import TemplateUnfit
from notify.words import letters

OPENED = Kind.OBLIGATION_OPENED


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ({"body_vi": "Kính gửi {{ ten_nguoi }}"}, "không có biến “ten_nguoi”"),
        ({"body_vi": "Dòng 1\n{{ code"}, "dòng 2: sai cú pháp"),
        ({"body_vi": "{% for x in code %}{{ x }}{% endfor %}"}, "chỉ dùng được"),
        ({"body_vi": "{{ code.__class__ }}"}, "chỉ dùng được"),
        ({"body_vi": "{{ code * 1000000 }}"}, "chỉ dùng được"),
        ({"body_vi": "{% include 'x' %}"}, "chỉ dùng được"),
        ({"sms": "{{ code }}: {{ subject }}. Hạn {{ due }}."}, "tối đa 160"),
        ({"sms": "a" * 161}, "sau khi điền dài 161 ký tự"),
        ({"zns": "{{ details }}"}, "tối đa 370"),
        ({"subject_vi": "{{ code }}\n{{ title }}"}, "một dòng"),
        ({"subject_en": "{{ requirement }}"}, "có thể thành trống"),
        ({"body_en": "Write to a@b.example"}, "không ghi địa chỉ"),
        ({"sms": "Gọi 0912 345 678"}, "không ghi địa chỉ"),
    ],
)
def test_a_template_by_which_no_letter_can_be_written_is_refused_and_says_why(texts, why):
    with pytest.raises(TemplateUnfit) as refusal:
        fit(OPENED, Template(**texts), examples_of(OPENED))
    assert why in refusal.value.vi
    assert refusal.value.en


def test_a_letter_by_a_template_is_in_the_words_of_the_province_and_else_in_ours():
    template = Template(
        subject_vi="[{{ code }}] {{ title }}",
        body_vi="Kính gửi nhà trường,\n\n{% if due %}Hạn: {{ due }}{% endif %}\n{{ closing }}",
        sms="{{ code }}: {{ short_subject }}. Hạn {{ due }}",
    )
    text = example(OPENED, fit(OPENED, template, examples_of(OPENED)))
    own = letters.write(OPENED, quoted(long=False))
    assert text.subject_vi == "[761/SGDĐT-GDPT] việc cần thực hiện"
    assert text.body_vi.startswith("Kính gửi nhà trường,\n\nHạn: 24h00 ngày 20/12/2026\nMời Thầy/Cô")
    assert text.sms == "761/SGDDT-GDPT: V/v bao cao STEM. Han 24h00 ngay 20/12/2026"
    assert (text.subject_en, text.body_en, text.zns) == (own.subject_en, own.body_en, None)


@pytest.mark.parametrize("kind", sorted(Kind))
def test_every_letter_can_be_written_by_a_template_that_repeats_our_words(kind):
    repeating = Template(body_vi="{{ opening }}\n\n{{ details }}\n\n{{ closing }}", body_en="{{ opening }}")
    template = fit(kind, repeating, examples_of(kind))
    own = example(kind, Template())
    assert example(kind, template).body_vi in own.body_vi
    if kind not in REMINDERS:
        long = quoted(long=True)
        assert fill(kind, long, template).body_vi in letters.write(kind, long).body_vi


@pytest.mark.parametrize("kind", sorted(REMINDERS))
@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ({"sms": "{{ code }}"}, "có thể thành trống"),
        ({"sms": "Con {{ count }} viec: {{ details }}"}, "tối đa 160"),
        ({"zns": "{{ details }}"}, "tối đa 370"),
        ({"body_en": "{{ message }}"}, "có thể thành trống"),
        ({"body_vi": "{{ nguoi_nhan }}"}, "không có biến"),
    ],
)
def test_a_reminder_is_tried_with_one_thing_and_with_many(kind, texts, why):
    with pytest.raises(TemplateUnfit) as refusal:
        fit(kind, Template(**texts), examples_of(kind))
    assert why in refusal.value.vi


def test_a_reminder_of_one_thing_names_it_and_one_of_many_counts_them():
    kind = Kind.REMINDER_NEAR
    words = Template(
        subject_vi="{% if code %}{{ code }}: hạn {{ due }}{% else %}{{ count }} việc sắp đến hạn{% endif %}",
        sms="{% if code %}{{ code }} den han {{ due }}{% else %}{{ count }} viec sap den han{% endif %}",
    )
    template = fit(kind, words, examples_of(kind))
    *_, (one, _), (two, _) = examples_of(kind)

    assert filled_texts(template, one, one) == {
        "subject_vi": "761/SGDĐT-GDPT: hạn 08h01 ngày 21/12/2026",
        "sms": "761/SGDDT-GDPT den han 08h01 ngay 21/12/2026",
    }
    assert filled_texts(template, two, two) == {"subject_vi": "2 việc sắp đến hạn", "sms": "2 viec sap den han"}


@given(
    st.lists(
        st.sampled_from([*(f"{{{{ {each} }}}}" for each in PLACEHOLDERS), "Kính gửi ", "\n", "{{", "%}"]), max_size=8
    )
)
def test_what_is_kept_can_always_be_filled_within_its_bounds(words):
    template = Template(sms="".join(words) or None, zns="".join(words) or None)
    try:
        fit(OPENED, template, examples_of(OPENED))
    except TemplateUnfit:
        return
    for each in (quoted(long=True), quoted(long=False)):
        text = fill(OPENED, each, template)
        assert len(text.sms or "") <= 160
        assert len(text.zns or "") <= 370
