// Saves what is typed to the server, field by field, while it is typed; what colleagues change meanwhile comes in, and
// where both changed the same field the person chooses. Knows the form, not how it is kept on the device.

type Field = HTMLInputElement | HTMLTextAreaElement;
type SeatPart = HTMLInputElement | HTMLSelectElement;
type Typed = Record<string, string>;

interface Saved {
  version: number;
  fields: Typed;
}

interface Conflict {
  name: string;
  theirs: string;
}

const PREFIX = "congvan:answer:";
const WAIT_MS = 900;
const AGAIN_MS = 5000;
const PART = /^(v:|s:|w:|c:|d:(code|subject|issued_on|signed_by)$|nil$)/;
// Everybody who is registered is one field of the draft: a line for each.
const PEOPLE = "delegates";
const SEAT_PARTS = ["full_name", "role", "subject", "unit_id"];

function fieldsOf(form: HTMLFormElement): Field[] {
  return [...form.querySelectorAll<Field>("input, textarea")].filter((field) => PART.test(field.name));
}

function seatsOf(form: HTMLFormElement): (SeatPart | null)[][] {
  const part = (seat: Element, name: string): SeatPart | null => seat.querySelector<SeatPart>(`[name$=":${name}"]`);
  return [...form.querySelectorAll("[data-seat]")].map((seat) => SEAT_PARTS.map((name) => part(seat, name)));
}

function peopleIn(form: HTMLFormElement): string {
  const lines = seatsOf(form)
    .map((parts) => parts.map((part) => (part?.value ?? "").replaceAll("|", " ").trim()))
    .filter(([name]) => name)
    .map((said) => said.join(" | ").replace(/[ |]+$/, ""));
  return lines.join("\n");
}

function seat(form: HTMLFormElement, lines: string): void {
  const waiting = lines.split("\n").map((line) => line.split("|").map((said) => said.trim()));
  for (const parts of seatsOf(form)) {
    const place = waiting.findIndex((said) => said[1] === parts[1]?.value);
    const [said] = place < 0 ? [[]] : waiting.splice(place, 1);
    parts.forEach((part, each) => {
      if (part && each !== 1) part.value = said?.[each] ?? "";
    });
  }
}

function typedIn(form: HTMLFormElement): Typed {
  const typed: Typed = form.querySelector("[data-seat]") ? { [PEOPLE]: peopleIn(form) } : {};
  for (const field of fieldsOf(form)) {
    const isChoice = field instanceof HTMLInputElement && (field.type === "radio" || field.type === "checkbox");
    if (!isChoice) typed[field.name] = field.value;
    else if (field.checked) typed[field.name] = field.value;
    else typed[field.name] ??= "";
  }
  return typed;
}

function put(form: HTMLFormElement, name: string, text: string): void {
  if (name === PEOPLE) seat(form, text);
  for (const field of fieldsOf(form)) {
    if (field.name !== name) continue;
    if (field instanceof HTMLInputElement && (field.type === "radio" || field.type === "checkbox")) field.checked = field.value === text;
    else field.value = text;
  }
}

function labelOf(form: HTMLFormElement, name: string): string {
  if (name === PEOPLE) return document.getElementById("people")?.textContent ?? name;
  const field = fieldsOf(form).find((each) => each.name === name);
  const legend = field?.closest("fieldset")?.querySelector("legend");
  return (legend ?? field?.labels?.[0])?.textContent ?? name;
}

export class Saving {
  private known: Typed;
  private version: number;
  private timer = 0;
  private isUnderWay = false;
  private readonly asked = new Set<string>();

  constructor(
    private readonly form: HTMLFormElement,
    private readonly note: HTMLElement,
    private readonly words: Record<string, string>,
    known: Typed,
  ) {
    this.known = known;
    this.version = Number(form.dataset.draft);
    this.restore();
    form.addEventListener("input", () => {
      this.keep();
      this.soon(WAIT_MS);
    });
    window.addEventListener("online", () => this.soon(0));
    window.addEventListener("pagehide", () => this.keep());
    this.soon(0);
  }

  private get key(): string {
    const { person, answer } = this.form.dataset;
    return `${PREFIX}${person}:${answer}`;
  }

  // On this device, until the server has it: a closed tab or a cut line loses nothing.
  private keep(): void {
    try {
      const changes = this.changes();
      if (Object.keys(changes).length === 0) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify({ version: this.version, changes }));
    } catch {
      // Full, or forbidden: the form itself still works.
    }
  }

  private restore(): void {
    try {
      const { version, changes } = JSON.parse(localStorage.getItem(this.key) ?? "{}") as { version?: number; changes?: Typed };
      if (version === undefined || changes === undefined) return;
      // What a colleague has changed since then is newer than what was seen when this was typed.
      this.version = Math.min(this.version, version);
      for (const [name, text] of Object.entries(changes)) put(this.form, name, text);
    } catch {
      // A browser that keeps nothing is no reason not to show the form.
    }
  }

  // What is handed up to the head is the version that was seen.
  private seen(): void {
    const field = this.form.querySelector<HTMLInputElement>("input[name=draft]");
    if (field) field.value = String(this.version);
  }

  private soon(ms: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.save(), ms);
  }

  private changes(): Typed {
    const typed = typedIn(this.form);
    return Object.fromEntries(Object.entries(typed).filter(([name, text]) => text !== (this.known[name] ?? "") && !this.asked.has(name)));
  }

  private async save(): Promise<void> {
    const fields = this.changes();
    if (this.isUnderWay || Object.keys(fields).length === 0) return;
    this.isUnderWay = true;
    try {
      const answer = await fetch(`/owed/${this.form.dataset.answer}/draft`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Congvan-Form": this.form.querySelector<HTMLInputElement>("[name=form]")?.value ?? "" },
        body: JSON.stringify({ version: this.version, fields }),
      });
      if (answer.status === 412) this.choose((await answer.json()) as { version: number; conflicts: Conflict[] });
      else if (answer.ok) this.took(fields, (await answer.json()) as Saved);
      else if (answer.status >= 500) this.later();
      else Object.assign(this.known, fields); // refused for good: sending the answer will say why
    } catch {
      this.later();
    } finally {
      this.isUnderWay = false;
    }
    if (Object.keys(this.changes()).length > 0 && navigator.onLine) this.soon(WAIT_MS);
  }

  private later(): void {
    this.note.textContent = this.words.unsaved ?? "";
    this.soon(AGAIN_MS);
  }

  private took(sent: Typed, saved: Saved): void {
    const now = typedIn(this.form);
    this.version = saved.version;
    this.seen();
    Object.assign(this.known, sent);
    for (const [name, text] of Object.entries(saved.fields)) {
      if (name in sent) continue;
      // A colleague's: shown unless the person is just writing something else there.
      if ((now[name] ?? "") === (this.known[name] ?? "")) put(this.form, name, text);
      this.known[name] = text;
    }
    this.keep();
    const time = new Date();
    const two = (part: number): string => String(part).padStart(2, "0");
    this.note.textContent = (this.words.saved ?? "").replace("{at}", `${two(time.getHours())}h${two(time.getMinutes())}`);
  }

  private choose({ version, conflicts }: { version: number; conflicts: Conflict[] }): void {
    this.version = version;
    this.seen();
    for (const { name, theirs } of conflicts) {
      this.asked.add(name);
      this.known[name] = theirs;
      const box = document.createElement("div");
      box.className = "note warn conflict";
      box.setAttribute("role", "alert");
      const told = document.createElement("p");
      told.textContent = (this.words.conflict ?? "").replace("{field}", labelOf(this.form, name)).replace("{theirs}", theirs);
      box.append(told);
      for (const [words, take] of [[this.words.theirs, true], [this.words.mine, false]] as const) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "btn";
        button.textContent = words ?? "";
        button.addEventListener("click", () => {
          if (take) put(this.form, name, theirs);
          this.asked.delete(name);
          box.remove();
          this.soon(0);
        });
        box.append(button);
      }
      this.note.after(box);
    }
  }
}

export function forgetOnSignOut(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[action="/sign-out"]')) {
    form.addEventListener("submit", () => {
      try {
        for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
      } catch {
        // Nothing was kept.
      }
    });
  }
}
