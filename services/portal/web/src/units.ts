// Choosing units by words: as somebody types, those that have the words are offered; what is chosen stands below.
// The field with ids is there all along, and is what is sent; without scripts it is typed into.

const WAIT_MS = 200;

interface Choice {
  unit_id: string;
  name: string;
  what: string;
}

export function chooseUnits(place: HTMLElement): void {
  const field = place.querySelector<HTMLInputElement>("input");
  const chosen = place.querySelector<HTMLElement>("[data-chosen]");
  const label = place.querySelector("label");
  const hint = place.querySelector<HTMLElement>(".hint");
  if (field && chosen && label) new Picker(place, field, chosen, label, hint);
}

class Picker {
  private readonly typed = document.createElement("input");
  private readonly list = document.createElement("ul");
  private readonly told = document.createElement("p");
  private offered: Choice[] = [];
  private active = -1;
  private timer = 0;
  private asked = 0;

  constructor(
    private readonly place: HTMLElement,
    private readonly field: HTMLInputElement,
    private readonly chosen: HTMLElement,
    label: HTMLLabelElement,
    hint: HTMLElement | null,
  ) {
    const { typed, list, told } = this;
    typed.id = `${field.id}:words`;
    list.id = `${field.id}:offered`;
    list.className = "offered card";
    list.hidden = true;
    told.className = "vh";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", label.textContent ?? "");
    told.setAttribute("role", "status");
    const is = { role: "combobox", autocomplete: "off", spellcheck: "false", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
    for (const [name, value] of Object.entries(is)) typed.setAttribute(name, value);
    typed.placeholder = place.dataset.hint ?? "";
    label.htmlFor = typed.id;
    field.hidden = true;
    if (hint) hint.hidden = true;
    field.after(typed, list, told);
    for (const line of chosen.querySelectorAll<HTMLElement>("li[data-part]")) this.addButton(line, line.dataset.name ?? line.dataset.part ?? "");
    typed.addEventListener("input", (event) => {
      event.stopPropagation(); // nothing is chosen yet: whom the choice reaches is as it was
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.look(), WAIT_MS);
    });
    typed.addEventListener("change", (event) => event.stopPropagation());
    typed.addEventListener("keydown", (event) => this.press(event));
    typed.addEventListener("blur", () => this.close());
    // Pressed, not clicked: the field keeps the focus, and the list is there still.
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const at = [...list.children].indexOf((event.target as HTMLElement).closest("li") as HTMLElement);
      if (this.offered[at]) this.choose(this.offered[at]);
    });
  }

  private async look(): Promise<void> {
    const words = this.typed.value.trim();
    const mine = ++this.asked;
    if (!words) return this.close();
    const found = await ask(words);
    if (mine !== this.asked || found === null) return;
    const have = new Set(this.ids());
    this.offered = found.filter((each) => !have.has(each.unit_id));
    this.list.replaceChildren(
      ...this.offered.map((each, at) => {
        const line = document.createElement("li");
        line.id = `${this.list.id}${at}`;
        line.setAttribute("role", "option");
        line.setAttribute("aria-selected", "false");
        line.append(named(each));
        return line;
      }),
    );
    this.told.textContent = this.offered.length ? (this.place.dataset.offered ?? "").replace("{count}", String(this.offered.length)) : (this.place.dataset.none ?? "");
    if (!this.offered.length) {
      const none = document.createElement("li");
      none.className = "mut";
      none.setAttribute("role", "option");
      none.setAttribute("aria-disabled", "true");
      none.textContent = this.place.dataset.none ?? "";
      this.list.append(none);
    }
    this.open(true);
    this.point(this.offered.length ? 0 : -1);
  }

  private press(event: KeyboardEvent): void {
    if (event.isComposing) return; // a syllable of which the marks are still being typed
    if (event.key === "Enter") {
      event.preventDefault(); // it chooses, and never sends the form
      const choice = this.offered[this.active];
      if (choice && !this.list.hidden) this.choose(choice);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && this.offered.length) {
      event.preventDefault();
      this.open(true);
      this.point((this.active + (event.key === "ArrowDown" ? 1 : -1) + this.offered.length) % this.offered.length);
    }
  }

  private point(at: number): void {
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = at;
    const line = this.list.children[at];
    if (line && at >= 0) {
      line.setAttribute("aria-selected", "true");
      line.scrollIntoView({ block: "nearest" });
      this.typed.setAttribute("aria-activedescendant", line.id);
    } else this.typed.removeAttribute("aria-activedescendant");
  }

  private choose(choice: Choice): void {
    const line = document.createElement("li");
    line.dataset.part = choice.unit_id;
    line.append(named(choice));
    this.addButton(line, choice.name);
    this.chosen.append(line);
    this.typed.value = "";
    this.told.textContent = choice.name;
    this.close();
    this.keep();
  }

  private addButton(line: HTMLElement, name: string): void {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn bare";
    button.textContent = "×";
    button.setAttribute("aria-label", (this.place.dataset.remove ?? "").replace("{unit}", name));
    button.addEventListener("click", () => {
      line.remove();
      this.keep();
      this.typed.focus();
    });
    line.append(" ", button);
  }

  private ids(): string[] {
    return [...this.chosen.querySelectorAll<HTMLElement>("li[data-part]")].map((line) => line.dataset.part ?? "");
  }

  private keep(): void {
    this.field.value = this.ids().join(", ");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private open(is: boolean): void {
    this.list.hidden = !is;
    this.typed.setAttribute("aria-expanded", String(is));
  }

  private close(): void {
    clearTimeout(this.timer);
    this.asked++; // what is still asked for comes too late
    this.offered = [];
    this.open(false);
    this.point(-1);
  }
}

function named(choice: Choice): DocumentFragment {
  const shown = document.createDocumentFragment();
  const name = document.createElement("b");
  const what = document.createElement("span");
  what.className = "mut";
  name.textContent = choice.name;
  what.textContent = choice.what;
  shown.append(name, " ", what);
  return shown;
}

async function ask(words: string): Promise<Choice[] | null> {
  try {
    const answer = await fetch(`/drafts/units?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
    return answer.ok ? ((await answer.json()) as { units: Choice[] }).units : null;
  } catch {
    return null; // who types on asks again
  }
}
