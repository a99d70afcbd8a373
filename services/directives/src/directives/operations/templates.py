"""What people do with outline templates: keep one, look at them."""

from dataclasses import replace

from chassis.caller import Caller
from chassis.transaction import Transaction
from directives import store
from directives.domain.files import check_sections
from directives.domain.outline import check_outline
from directives.domain.target import check_targets
from directives.domain.template import OutlineTemplate
from directives.operations.access import need, need_known, not_allowed, writes_for
from directives.problems import NothingAsked, TemplateChanged
from unit_tree.tree import Tree


async def list_templates(tx: Transaction, *, issuer_unit_id: str, by: Caller) -> list[OutlineTemplate]:
    """Return the newest version of every template of an issuer, to whoever writes for it."""
    if not writes_for(by, issuer_unit_id):
        raise not_allowed()
    return await store.templates.of_issuer(tx.connection, issuer_unit_id)


async def keep_template(tx: Transaction, *, template: OutlineTemplate, tree: Tree, by: Caller) -> OutlineTemplate:
    """Keep a template whose newest version was `template.version` when it was changed, 0 when there was none.

    Keeping what is kept already changes nothing. Whoever saw an older version is told so and overwrites nothing.
    """
    need(by, "draft", template.issuer_unit_id)
    need_known([template.issuer_unit_id], tree)
    if not template.sections and not template.indicators:
        raise NothingAsked(
            f"Mẫu đề cương «{template.name}» chưa có chỉ tiêu hay đề mục nào.",
            f"The template “{template.name}” has no indicator and no section.",
            where="sections",
        )
    check_outline((), template.indicators, template.sections, template.rules, where="template")
    check_sections(template.sections, where="template.sections")
    check_targets(template.targets, (), template.indicators, (), where="template")
    newest = await store.templates.find(tx.connection, template.issuer_unit_id, template.code)
    if newest is not None and newest.says_the_same(template):
        return newest
    known = newest.version if newest is not None else 0
    kept = replace(template, version=known + 1)
    if template.version == known and await store.templates.add(tx.connection, kept, by=by.id, at=tx.now):
        return kept
    newest = await store.templates.find(tx.connection, template.issuer_unit_id, template.code)
    version = newest.version if newest is not None else 0
    raise TemplateChanged(
        f"Mẫu đề cương «{template.code}» đã được người khác sửa; hãy xem bản {version} rồi sửa lại.",
        f"Somebody else has changed the template {template.code!r}; look at version {version} first.",
        version=version,
    )
