// How many letters wait, in the corner of a page that is open: told by the server as it changes.

export function listen(corner: HTMLElement): void {
  const words = corner.dataset.unread ?? "";
  const names = [...document.querySelectorAll<HTMLAnchorElement>('a[href="/inbox"]')];
  const fresh = document.querySelector<HTMLElement>("[data-fresh]");
  let line: EventSource | null = null;
  let shown: number | null = null;

  const show = (count: number): void => {
    for (const link of names) {
      link.querySelector(".n, .dot")?.remove();
      const isCorner = link === corner;
      const said = words.replace("{count}", String(count));
      if (count) {
        const number = document.createElement("span");
        number.className = isCorner ? "dot" : "n";
        number.textContent = String(count);
        if (isCorner) number.ariaHidden = "true";
        else number.setAttribute("aria-label", said);
        if (isCorner || link.closest(".rail")) link.append(number);
      }
      if (isCorner) link.setAttribute("aria-label", count ? `${link.dataset.name}, ${said}` : (link.dataset.name ?? ""));
    }
    // A list that somebody reads does not move under their eyes: they are told that there is more.
    if (fresh && shown !== null && count > shown) fresh.hidden = false;
    shown = count;
  };
  // A browser has six lines to one server: a tab nobody looks at keeps none.
  const look = (): void => {
    if (document.hidden) {
      line?.close();
      line = null;
    } else if (!line) {
      line = new EventSource("/inbox/stream");
      line.addEventListener("unread", (event: MessageEvent<string>) => show((JSON.parse(event.data) as { unread_count: number }).unread_count));
    }
  };
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pagehide", () => line?.close());
  look();
}
