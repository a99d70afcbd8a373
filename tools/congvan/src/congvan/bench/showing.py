"""How a measurement is shown to people."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from congvan.bench.outcome import Outcome, Sheet

NOISE = (
    "Con số tuyệt đối tùy máy và tùy lúc, chỉ để tham khảo; hãy so các tỉ lệ, đo trong cùng một lần chạy.",
    "Absolute figures depend on the machine and the hour: noise. Compare the ratios, taken in one run.",
)


def show(console: Console, outcome: Outcome) -> None:
    """Print the tables, what was aimed at, and what to know when reading them."""
    for sheet in outcome.sheets:
        _show_sheet(console, sheet)
    aims = Table(box=None, pad_edge=False, show_header=False)
    for name, aim in outcome.aims.items():
        mark = Text("✓", "green") if outcome.met[name] else Text("✗", "red")
        aims.add_row(mark, name, f"{outcome.ratios[name]:g}", aim.in_words())
    console.print(Text("\nMục tiêu / Aims", "bold"))
    console.print(aims)
    console.print()
    for vi, en in (*outcome.notes, NOISE):
        console.print(Text(f"• {vi} / {en}", "dim"), soft_wrap=True)


def _show_sheet(console: Console, sheet: Sheet) -> None:
    table = Table(box=None, pad_edge=False)
    for place, name in enumerate(sheet.columns):
        table.add_column(name, justify="right" if place else "left", overflow="fold", no_wrap=not place)
    for row in sheet.rows:
        table.add_row(*row)
    console.print(Text(f"\n{sheet.heading_vi} / {sheet.heading_en}", "bold"))
    console.print(table)
