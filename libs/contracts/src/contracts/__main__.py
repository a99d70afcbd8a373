"""`python -m contracts freeze | catalogue`: write new schemas, or the documents made from all of them."""

import argparse
import json
import sys
from pathlib import Path

from contracts import catalogue

ROOT = Path(__file__).resolve().parents[4]
SCHEMAS = ROOT / "libs" / "contracts" / "schemas"
PAGES = ROOT / "docs" / "events"


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m contracts", description=__doc__)
    parser.add_argument(
        "verb",
        choices=("freeze", "catalogue"),
        help="freeze: write the JSON Schema of events that have none; catalogue: write docs/events",
    )
    verb = parser.parse_args().verb
    if verb == "freeze":
        SCHEMAS.mkdir(parents=True, exist_ok=True)
        for path in catalogue.freeze(SCHEMAS):
            sys.stdout.write(f"frozen {path.name}\n")
    else:
        PAGES.mkdir(parents=True, exist_ok=True)
        document = json.dumps(catalogue.asyncapi(), ensure_ascii=False, indent=1) + "\n"
        (PAGES / "asyncapi.json").write_text(document, encoding="utf-8")
        (PAGES / "README.md").write_text(catalogue.catalogue_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
