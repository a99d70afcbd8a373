// An officer's screen does not stand open: whoever types is still there, and when nobody has been for long, the page goes.

const TELL_EVERY_MS = 240_000;
const LOOK_EVERY_MS = 20_000;

export function watch(body: HTMLElement): void {
  const longest = Number(body.dataset.idle) * 1000;
  let heardAt = Date.now();
  let toldAt = Date.now();
  const heard = (): void => {
    heardAt = Date.now();
    if (heardAt - toldAt < TELL_EVERY_MS) return;
    toldAt = heardAt;
    // Somebody writes for half an hour and sends nothing: the server hears of it all the same.
    void fetch("/still-here", { method: "POST", headers: { "X-Congvan-Form": body.dataset.token ?? "" } }).catch(() => undefined);
  };
  for (const sign of ["pointerdown", "keydown", "input"]) document.addEventListener(sign, heard, { passive: true });
  const look = async (): Promise<void> => {
    if (Date.now() - heardAt < longest) return;
    // A file may still be on its way, or another tab be at work: the server knows.
    const answer = await fetch("/still-here").catch(() => null);
    if (answer?.status === 401) location.assign(`/sign-in?why=idle&then=${encodeURIComponent(location.pathname)}`);
  };
  setInterval(() => void look(), LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", () => void look());
}
