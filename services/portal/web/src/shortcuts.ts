// Keys for those who look through many answers: what each does stands in the page, beside what it is for.
// `data-key` presses a link, or moves to a field or a button, which is pressed with Enter as ever: a single key decides nothing.

const OFF = "congvan-keys-off";

export function listen(help: HTMLDialogElement): void {
  const isOn = help.querySelector<HTMLInputElement>("input[type=checkbox]");
  const shown = document.querySelector<HTMLButtonElement>("[data-keys-help]");
  const offered = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  if (isOn) {
    isOn.checked = localStorage.getItem(OFF) === null;
    isOn.addEventListener("change", () => (isOn.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes")));
  }
  if (shown) {
    shown.hidden = false;
    shown.addEventListener("click", () => help.showModal());
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open || isTyping(event.target)) return;
    if (event.key === "?") help.showModal();
    // Whoever speaks to the machine says letters without meaning a key: they can be switched off.
    else if (isOn?.checked === false) return;
    else if (offered.length && (event.key === "j" || event.key === "k")) step(offered, event.key === "j" ? 1 : -1);
    else if (!press(event.key)) return;
    event.preventDefault();
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || (target instanceof HTMLInputElement && !/^(checkbox|radio|button|submit)$/.test(target.type)));
}

function step(rows: HTMLElement[], by: number): void {
  const at = rows.findIndex((row) => row === document.activeElement);
  const row = rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)];
  row?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

function press(key: string): boolean {
  const meant = [...document.querySelectorAll<HTMLElement>("[data-key]")].find((each) => each.dataset.key === key);
  if (!meant) return false;
  if (meant instanceof HTMLAnchorElement) meant.click();
  else {
    meant.scrollIntoView({ block: "center" });
    meant.focus();
  }
  return true;
}
