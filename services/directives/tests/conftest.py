"""A small invented province, and a directive somebody might send to it."""

import copy
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contracts.directory import (
    GroupChanged,
    PersonChanged,
    Post,
    UnitChanged,
    UnitLineage,
    UnitRelation,
    UnitTypeChanged,
    UnitVersion,
)
from directives.documents.signature import let_the_library_in
from unit_tree.tree import Tree

LONG_AGO, REFORM, MERGER = date(2005, 1, 1), date(2025, 7, 1), date(2026, 8, 15)
LAST_DAY_BEFORE_MERGER = date(2026, 8, 14)


def _unit(unit_id, unit_type, *, since=LONG_AGO, until=None, parents=(), became=(), version=1):
    """Describe a unit; `parents` are (kind, parent, since), `became` are (kind, unit, day)."""
    return UnitChanged(
        occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
        unit_id=unit_id,
        version=version,
        versions=(
            UnitVersion(
                valid_from=since,
                valid_to=until,
                unit_type=unit_type,
                name=f"Đơn vị {unit_id}",
                short_name=unit_id,
                levels=(),
            ),
        ),
        relations=tuple(
            UnitRelation(kind=kind, parent_id=parent, valid_from=day, valid_to=until) for kind, parent, day in parents
        ),
        lineage=tuple(UnitLineage(kind=kind, to_unit_id=unit, effective_date=day) for kind, unit, day in became),
    )


def _unit_type(code, name, *, version=1, is_removed=False):
    return UnitTypeChanged(
        occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
        code=code,
        version=version,
        name=name,
        levels=(),
        is_removed=is_removed,
    )


def _group(code, name, selector, *, version=1):
    """Describe a group; without a selector, one that was removed."""
    return GroupChanged(
        occurred_at=datetime(2026, 1, 1, tzinfo=UTC), code=code, version=version, name=name, selector=selector
    )


def _person(*posts, person_id=None, version=1, is_active=True, since=LONG_AGO, until=None):
    """Describe somebody with posts, each a role and a unit."""
    return PersonChanged(
        occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
        person_id=person_id or uuid4(),
        version=version,
        is_active=is_active,
        posts=tuple(Post(unit_id=unit_id, role=role, valid_from=since, valid_to=until) for role, unit_id in posts),
    )


def _below(parent, since=REFORM):
    return (("reporting", parent, since),)


@pytest.fixture(scope="session")
def unit():
    """Make the event that describes a unit."""
    return _unit


@pytest.fixture(scope="session")
def unit_type():
    """Make the event that describes a type of units."""
    return _unit_type


@pytest.fixture(scope="session")
def group():
    """Make the event that describes a named group."""
    return _group


@pytest.fixture(scope="session")
def person():
    """Make the event that says who holds which posts."""
    return _person


@pytest.fixture(scope="session")
def province():
    """Make a department with two communes, schools of which two merge into one, and two clusters, one of them led."""
    merged = (("merged_into", "U-NEW", MERGER),)
    return [
        _unit("U-SO", "so_gddt", since=REFORM),
        _unit("U-SO-X", "so_gddt", since=REFORM),
        _unit("U-XA-1", "phong_vhxh", since=REFORM, parents=_below("U-SO")),
        _unit("U-XA-2", "phong_vhxh", since=REFORM, parents=_below("U-SO")),
        _unit("U-THCS-1", "thcs", parents=_below("U-XA-1")),
        _unit("U-THCS-2", "thcs", parents=_below("U-XA-2")),
        _unit("U-OLD-A", "thcs", until=LAST_DAY_BEFORE_MERGER, parents=_below("U-XA-2"), became=merged),
        _unit("U-OLD-B", "th_thcs", until=LAST_DAY_BEFORE_MERGER, parents=_below("U-XA-2"), became=merged),
        _unit("U-NEW", "th_thcs", since=MERGER, parents=_below("U-XA-2", MERGER)),
        _unit("U-THPT-1", "thpt", parents=(*_below("U-SO"), ("cluster", "U-CUM-1", LONG_AGO))),
        _unit("U-THPT-2", "thpt", parents=(*_below("U-SO"), ("cluster", "U-CUM-2", LONG_AGO))),
        _unit("U-CUM-1", "cum_chuyen_mon", parents=(("cluster_lead", "U-THPT-1", date(2026, 9, 1)),)),
        _unit("U-CUM-2", "cum_chuyen_mon"),
    ]


@pytest.fixture(scope="session")
def tree(province):
    return Tree(province)


_REPORT = {
    "kind": "report",
    "title": "Báo cáo đánh giá giáo dục STEM",
    "as_of": "2026-05-31",
    "periods": ["2025-2026"],
    "indicators": [
        {"code": "stem.school_implementing", "name": "Đã triển khai", "type": "bool", "unit_of_measure": "trường"},
        {
            "code": "stem.lessons",
            "name": "Số bài học STEM",
            "type": "int",
            "unit_of_measure": "bài",
            "only_if": "stem.school_implementing",
        },
        {"code": "stem.projects", "name": "Số dự án", "type": "int", "unit_of_measure": "dự án"},
        {
            "code": "stem.projects_province",
            "name": "Số dự án dự thi cấp tỉnh",
            "type": "int",
            "unit_of_measure": "dự án",
            "at_most": "stem.projects",
        },
    ],
    "sections": [{"code": "I.2", "title": "Giải pháp đã triển khai", "kind": "text"}],
    "audience": {"unit_types": ["thcs", "th_thcs", "thpt"]},
    "due_phrase": "trước ngày 14/12/2026",
    "due_at": "2026-12-14T00:00:00+07:00",
    "cut_off_at": "2026-12-10T00:00:00+07:00",
    "closes_at": "2026-12-20T00:00:00+07:00",
}
_VIDEO = {
    "kind": "video",
    "title": "Video giáo dục STEM",
    "as_of": "2026-05-31",
    "media": {"count": 1, "max_seconds": 60},
    "audience": {"unit_types": ["phong_vhxh"], "include": ["U-CUM-1"]},
    "due_phrase": "trước ngày 12/12/2026",
    "due_at": "2026-12-12T00:00:00+07:00",
}
_LETTER = {
    "issuer_unit_id": "U-SO",
    "document_type": "official_letter",
    "subject": "V/v tổ chức Hội thảo giáo dục STEM",
    "body": "Sở GDĐT tổ chức Hội thảo, cụ thể như sau: nội-dung-không-đi-theo-sự-kiện.",
    "addressees": ["Phòng Văn hóa - Xã hội các xã (kính-gửi-không-đi-theo-sự-kiện)"],
    "recipients": [{"name": "Như kính gửi", "purpose": "execute"}, {"name": "Lưu: VT", "purpose": "archive"}],
    "replaces_code": None,
    "requirements": [_REPORT, _VIDEO],
}


@pytest.fixture
def letter():
    """A letter with a report from five schools, and a video from two communes and a cluster."""
    return copy.deepcopy(_LETTER)


def _certificate():
    """Return a key and a certificate nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Sở Giáo dục và Đào tạo (mẫu)")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, made


@pytest.fixture(scope="session")
def signed_pdf():
    """Sign PDFs as a department does, with a certificate nobody vouches for (PAdES)."""
    let_the_library_in()
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    key, certificate = _certificate()
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    signer = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        signing_key=asn1_keys.PrivateKeyInfo.load(key.private_bytes(serialization.Encoding.DER, *form)),
        cert_registry=SimpleCertificateStore(),
    )

    def sign(content, *, field="ChuKy"):
        meta = signers.PdfSignatureMetadata(
            field_name=field, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
        )
        writer = IncrementalPdfFileWriter(BytesIO(content), strict=False)
        # In a thread of its own: the library starts an event loop, and tests run in one.
        with ThreadPoolExecutor(1) as aside:
            return aside.submit(signers.sign_pdf, writer, meta, signer=signer).result().getvalue()

    return sign
