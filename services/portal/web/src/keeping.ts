// Keeps what is typed into an answer on this device, until it is sent: a closed tab or a cut line loses nothing.

const PREFIX = "congvan:answer:";
const WAIT_MS = 300;

type Kept = Record<string, string[]>;

function keyOf(form: HTMLFormElement): string {
  const { person, answer, version } = form.dataset;
  return `${PREFIX}${person}:${answer}:${version}`;
}

function read(form: HTMLFormElement): Kept {
  const kept: Kept = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && /^(v:|s:|nil$)/.test(name)) (kept[name] ??= []).push(value);
  }
  return kept;
}

function restore(form: HTMLFormElement, kept: Kept): boolean {
  let changed = false;
  for (const field of form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>("input, textarea")) {
    const values = kept[field.name];
    if (!/^(v:|s:|nil$)/.test(field.name)) continue;
    if (field instanceof HTMLInputElement && (field.type === "radio" || field.type === "checkbox")) {
      const wanted = values?.includes(field.value) ?? false;
      changed ||= field.checked !== wanted;
      field.checked = wanted;
    } else if (values?.[0] !== undefined) {
      changed ||= field.value !== values[0];
      field.value = values[0];
    }
  }
  return changed;
}

export function keepAnswers(form: HTMLFormElement): void {
  const key = keyOf(form);
  const note = form.querySelector<HTMLElement>("[data-kept-note]");
  const say = (at: number): void => {
    const time = new Date(at);
    const two = (part: number): string => String(part).padStart(2, "0");
    if (note) note.textContent = (form.dataset.kept ?? "").replace("{at}", `${two(time.getHours())}h${two(time.getMinutes())}`);
  };
  try {
    const found = localStorage.getItem(key);
    // Where the server has just said what is wrong, its page has the newest words already.
    if (found && !document.getElementById("faults")) {
      const { at, kept } = JSON.parse(found) as { at: number; kept: Kept };
      if (restore(form, kept)) say(at);
    }
  } catch {
    // A browser that keeps nothing is no reason not to show the form.
  }
  let waiting = 0;
  const keep = (): void => {
    try {
      const at = Date.now();
      localStorage.setItem(key, JSON.stringify({ at, kept: read(form) }));
      say(at);
    } catch {
      // Full, or forbidden: the form itself still works.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(keep, WAIT_MS);
  });
  window.addEventListener("pagehide", keep);
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
