"""What can go wrong with templates, in the reader's words."""

from typing import ClassVar

from chassis.problems import Malformed


class TemplateUnfit(Malformed):
    """No letter can be written by this template."""

    code: ClassVar[str] = "template-unfit"
