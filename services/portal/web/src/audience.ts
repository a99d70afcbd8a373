// Shows whom a choice of units reaches while it is made: asks the server, and puts what it answers in its place.

const WAIT_MS = 250;

export function previewAudiences(form: HTMLFormElement): void {
  for (const choice of form.querySelectorAll<HTMLElement>("[data-audience]")) {
    const shown = choice.querySelector<HTMLElement>("[data-preview]");
    if (!shown) continue;
    let timer = 0;
    let asked = 0;
    choice.addEventListener("input", () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => {
        const mine = ++asked;
        void look(form, choice).then((answer) => {
          // An answer to a choice that has changed since says nothing any more.
          if (answer !== null && mine === asked) shown.replaceChildren(...answer.childNodes);
        });
      }, WAIT_MS);
    });
  }
}

async function look(form: HTMLFormElement, choice: HTMLElement): Promise<HTMLElement | null> {
  const fields = new FormData(form);
  const at = `r${choice.dataset.audience}:`;
  try {
    const answer = await fetch("/drafts/audience", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Congvan-Form": String(fields.get("form") ?? "") },
      body: JSON.stringify({
        unit_types: fields.getAll(`${at}type`),
        include: fields.get(`${at}include`) ?? "",
        selector: choice.dataset.selector ? JSON.parse(choice.dataset.selector) : null,
        exclude: fields.get(`${at}exclude`) ?? "",
        as_of: fields.get("as_of") ?? "",
      }),
    });
    if (!answer.ok) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").body;
  } catch {
    return null; // the button that looks again does the same
  }
}
