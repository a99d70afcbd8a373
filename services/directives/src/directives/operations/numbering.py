"""Numbers: how an issuer gives them, out of which register, and the one a directive gets."""

from uuid import UUID

from chassis.caller import Caller
from chassis.clock import today
from chassis.transaction import Transaction
from directives import store
from directives.domain.directive import LAST_NUMBER, Directive, Number, Stamp
from directives.domain.numbering import BY_TYPE, NumberingScheme, check_scheme
from directives.operations.access import need, need_known, not_allowed, take, writes_for
from directives.problems import NumberPassed, RegisterFull, SchemeInUse
from unit_tree.tree import Tree


async def number_directive(
    tx: Transaction, *, directive_id: UUID, notation: str | None, year: int | None, tree: Tree, by: Caller
) -> Directive:
    """Give a directive the next number of its register: this year's, unless another year is named.

    Without a notation it is made as the issuer's scheme says.
    """
    directive = await take(tx, directive_id, to="number", tree=tree, by=by)
    issuer, of = directive.issuer_unit_id, year or today(tx.now).year
    scheme = await store.registers.scheme_of(tx.connection, issuer, of) or BY_TYPE
    notation = notation or (
        directive.number.notation
        if directive.number
        else scheme.notation(directive.document_type, directive.form.division)
    )
    if not directive.lacks_number(notation=notation, year=year, scheme=scheme):
        return directive
    register = scheme.register_of(directive.document_type)
    value = await store.registers.draw_number(tx.connection, issuer, of, register)
    if value > LAST_NUMBER:
        raise RegisterFull(
            f"Sổ đăng ký năm {of} đã hết số.", f"The register of {of} has no number left.", last_number=LAST_NUMBER
        )
    numbered = directive.give_number(Number(value, of, notation, Stamp(by.id, tx.now), register), scheme)
    await store.directives.put(tx.connection, numbered)
    return numbered


async def set_next_number(
    tx: Transaction, *, issuer_unit_id: str, year: int, register: str, next_number: int, tree: Tree, by: Caller
) -> int:
    """Let a register go on with a higher number, when numbers were given elsewhere before."""
    need(by, "number", issuer_unit_id)
    need_known([issuer_unit_id], tree)
    reached = await store.registers.raise_register(tx.connection, issuer_unit_id, year, register, next_number)
    if reached != next_number:
        raise NumberPassed(
            f"Sổ đăng ký chỉ tăng; số tiếp theo đã là {reached}.",
            f"A register only goes up; its next number is {reached} already.",
            next_number=reached,
        )
    return reached


async def read_scheme(tx: Transaction, *, issuer_unit_id: str, year: int, by: Caller) -> NumberingScheme:
    """Return how an issuer numbers in a year, to whoever writes for it."""
    if not writes_for(by, issuer_unit_id):
        raise not_allowed()
    return await store.registers.scheme_of(tx.connection, issuer_unit_id, year) or BY_TYPE


async def enter_scheme(
    tx: Transaction, *, issuer_unit_id: str, year: int, scheme: NumberingScheme, tree: Tree, by: Caller
) -> NumberingScheme:
    """Say how an issuer numbers from a year on. A year in which numbers were given stays as it was numbered."""
    need(by, "number-otherwise", issuer_unit_id)
    need_known([issuer_unit_id], tree)
    check_scheme(scheme)
    numbered = await store.registers.last_year_numbered(tx.connection, issuer_unit_id)
    if await store.registers.scheme_of(tx.connection, issuer_unit_id, year) == scheme:
        return scheme
    if numbered is not None and numbered >= year:
        raise SchemeInUse(
            f"Đã cấp số trong năm {numbered}; cách đánh số chỉ đổi được từ năm {numbered + 1}.",
            f"Numbers were given in {numbered}; another scheme may begin with {numbered + 1}.",
            first_year=numbered + 1,
        )
    await store.registers.put_scheme(tx.connection, issuer_unit_id, year, scheme, by=by.id, at=tx.now)
    return scheme
