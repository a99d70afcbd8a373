"""Measures of a page (Nghị định 30/2020/NĐ-CP, Phụ lục I; form 1.5 of Phụ lục III), in millimetres and points."""

PAGE_MM = (210.0, 297.0)
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 20.0, 20.0, 30.0, 20.0
HEAD_MM = (65.0, 95.0)
"""The two columns above the text."""
FOOT_MM = (80.0, 80.0)
"""The two columns below it: receivers, signer."""
FIRST_LINE_MM = 10.0
ADDRESSED_MM = (30.0, 40.0)
"""How far *Kính gửi* and its lines stand in."""
SIGNATURE_MM = 26.0
"""The space a signature takes."""
NATION_PT, MOTTO_PT, ISSUER_PT, CODE_PT, ABOUT_PT, DAY_PT = 12.0, 13.0, 12.0, 13.0, 12.0, 13.0
TITLE_PT, TEXT_PT, GRID_PT, STAMP_PT, PAGE_NUMBER_PT = 14.0, 14.0, 12.0, 13.0, 13.0
RECEIVERS_PT, RECEIVER_PT, SIGNER_PT = 12.0, 11.0, 14.0
MANY_COLUMNS, SMALL_GRID_PT = 5, 10.0
"""A table of so many columns has smaller letters: figures of millions stand in one line."""
BAR_MM, BAR_EVERY_MM, BAR_NAME_MM, BAR_FIGURE_MM = 3.2, 5.6, 58.0, 24.0
"""Of a chart: how thick a bar is, how far apart they lie, and the room beside them for names and figures."""
BAR = (0.12, 0.35, 0.6)
BETWEEN_PT = 6.0
LEADING = 1.2
"""Lines of the text are this far apart, in heights of their letters; single to one and a half is allowed."""
RULE_PT = 0.7
RULE_SHARE = 0.4
"""How long the line under the issuer or a subject is, of what stands above it: a third to a half."""
RED = (0.86, 0.0, 0.0)
FAMILY = "Times New Roman"
