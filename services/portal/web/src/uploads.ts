// The uploads of one answer, as people see them: progress, speed, time left; and what became of each file.
import { Api, Cut, FIRST_WAIT_MS, isOver, LONGEST_WAIT_MS, partBytesFor, Refused, Sending, type Media, type Opened, type Signed } from "./sending";
import { copy, copyOf, digestsOf, dropCopy, durationOf, fingerprintOf, forget, remember, remembered, type Remembered } from "./remembering";

type Words = Record<string, string>;

interface Begun extends Opened {
  state: string;
  signed: { parts: Signed[] } | null;
}

const COPY_FIRST_MS = 5000;
const LOOK_MS = [500, 1000, 1000, 2000, 2000, 5000];

export async function showUploads(section: HTMLElement): Promise<void> {
  const list = section.querySelector<HTMLElement>("[data-list]");
  const picker = section.querySelector<HTMLElement>("[data-picker]");
  const input = section.querySelector<HTMLInputElement>('input[type="file"]');
  const hint = section.querySelector<HTMLElement>("[data-hint]");
  const template = section.querySelector<HTMLTemplateElement>("template[data-words]");
  if (!list || !picker || !input || !template) return;
  const { uploads: obligationId = "", person: personId = "", token = "", language = "vi", count = "1", name = "media" } = section.dataset;
  const words = JSON.parse(template.content.textContent ?? "{}") as Words;
  const page = new Page(list, picker, hint, new Api(token, language), words, language, Number(count), name);
  await page.open(obligationId, personId);
  const take = (): void => {
    const file = input.files?.[0];
    input.value = "";
    if (file) void page.choose(file, obligationId, personId);
  };
  input.addEventListener("change", take);
  take(); // a slow line brings this script after a quick hand has chosen
}

class Page {
  private readonly rows = new Map<string, Row>();
  // The files this page sends at the moment.
  private readonly sending = new Set<string>();

  constructor(
    private readonly list: HTMLElement,
    private readonly picker: HTMLElement,
    private readonly hint: HTMLElement | null,
    private readonly api: Api,
    private readonly words: Words,
    private readonly language: string,
    private readonly most: number,
    private readonly name: string,
  ) {}

  async open(obligationId: string, personId: string): Promise<void> {
    const known = (await remembered(obligationId, personId).catch(() => [])).filter((each) => (each.place ?? "media") === this.name);
    const named = new Set([...this.list.querySelectorAll<HTMLInputElement>("[data-media]")].map((each) => each.value));
    this.show();
    for (const record of known) {
      named.delete(record.mediaId);
      void this.follow(record, await copyOf(record));
    }
    for (const mediaId of named) void this.look(this.row(mediaId, mediaId.slice(0, 8), 0), mediaId);
    this.show();
  }

  async choose(file: File, obligationId: string, personId: string): Promise<void> {
    const fingerprint = await fingerprintOf(file);
    const known = await remembered(obligationId, personId).catch(() => []);
    const again = known.find((each) => each.fingerprint === fingerprint && (each.place ?? "media") === this.name && !each.isComplete);
    if (again) {
      void this.follow(again, file);
      return;
    }
    const row = this.row(`new-${Date.now()}`, file.name, file.size);
    row.say(this.words.waiting ?? "");
    row.onRemove(() => this.drop(row, null));
    let opened: Begun | null;
    try {
      opened = await this.begin(file, obligationId, row);
    } catch (error) {
      row.fail(fill(this.words.failed, { why: error instanceof Refused ? error.message : this.words.offline ?? "" }));
      this.show();
      return;
    }
    if (!opened) return;
    if (this.sending.has(opened.media_id)) {
      this.drop(row, null); // the very file is on its way already
      return;
    }
    // It stands in the list, begun on another device perhaps: from here it goes on.
    this.rows.get(opened.media_id)?.remove(this.rows);
    const record: Remembered = {
      uploadId: opened.upload_id,
      mediaId: opened.media_id,
      obligationId,
      personId,
      name: file.name,
      size: file.size,
      type: file.type,
      partBytes: opened.part_bytes,
      partCount: opened.part_count,
      fingerprint,
      hasCopy: false,
      // Sent before by the unit, on another device or for something else: there is nothing to send.
      isComplete: opened.state !== "uploading" && opened.state !== "completing",
      place: this.name,
    };
    row.rename(opened.media_id, this.rows);
    await remember(record).catch(() => undefined);
    // The copy first, where it is quick: from then on the tab may be closed at any time.
    if (!record.isComplete) {
      await Promise.race([this.keepCopy(record, file), new Promise((resolve) => setTimeout(resolve, COPY_FIRST_MS))]);
    }
    void this.follow(record, file, opened.signed?.parts);
  }

  // What the file is known by goes first: what was sent before is not sent again, what is too long not at all.
  // A line that is cut, or a service that is away, is tried again until somebody takes the file off the list.
  private async begin(file: File, obligationId: string, row: Row): Promise<Begun | null> {
    const partBytes = partBytesFor(file.size);
    const [parts, duration] = await Promise.all([digestsOf(file, partBytes), durationOf(file)]);
    const wanted = {
      file_name: file.name,
      byte_count: file.size,
      content_type: file.type || "video/mp4",
      duration_ms: duration,
      digest: { part_bytes: partBytes, parts },
      sign_at_once: true,
    };
    for (let wait = FIRST_WAIT_MS; row.element.isConnected; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      try {
        return await this.api.ask<Begun>(`/upload/${obligationId}`, wanted);
      } catch (error) {
        if (!(error instanceof Cut)) throw error;
      }
      const pause = wait * (0.5 + Math.random() / 2);
      row.say(navigator.onLine ? fill(this.words.retrying, { seconds: Math.ceil(pause / 1000) }) : this.words.offline ?? "");
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    return null;
  }

  private async keepCopy(record: Remembered, file: Blob): Promise<void> {
    if (await copy(record.uploadId, file)) {
      if (record.isComplete) await dropCopy(record.uploadId);
      else {
        record.hasCopy = true;
        await remember(record).catch(() => undefined);
      }
    }
  }

  private async follow(record: Remembered, file: Blob | null, signed: Signed[] = []): Promise<void> {
    const row = this.rows.get(record.mediaId) ?? this.row(record.mediaId, record.name, record.size);
    row.onRemove(() => this.drop(row, record));
    this.show();
    if (record.isComplete) {
      await this.look(row, record.mediaId);
      return;
    }
    if (file === null) {
      row.say(fill(this.words.reselect, { name: record.name }));
      return;
    }
    // One tab of this device sends; another one waits for it, and goes on should it be closed.
    await navigator.locks.request(`congvan-upload-${record.uploadId}`, () => this.send(record, file, row, signed));
  }

  private async send(record: Remembered, file: Blob, row: Row, signed: Signed[]): Promise<void> {
    const opened = { upload_id: record.uploadId, media_id: record.mediaId, part_bytes: record.partBytes, part_count: record.partCount };
    const watcher = {
      sends: () => row.say(this.words.sending ?? ""),
      progress: (sent: number, speed: number | null) => row.progress(sent, speed),
      waits: (seconds: number, why: "line" | "offline") =>
        row.say(why === "offline" ? this.words.offline ?? "" : fill(this.words.retrying, { seconds }), true),
    };
    const sending = new Sending(this.api, opened, file, watcher, signed);
    row.steer(sending);
    this.sending.add(record.mediaId);
    try {
      await sending.run();
    } catch (error) {
      if (error instanceof Refused && error.code === "upload-over") {
        this.over(row, record.uploadId);
        return;
      }
      row.fail(fill(this.words.failed, { why: error instanceof Error ? error.message : String(error) }));
      return;
    } finally {
      this.sending.delete(record.mediaId);
    }
    if (this.rows.get(record.mediaId) !== row) return;
    record.isComplete = true;
    record.hasCopy = false;
    await remember(record).catch(() => undefined);
    await dropCopy(record.uploadId);
    row.whole();
    await this.look(row, record.mediaId);
  }

  private async look(row: Row, mediaId: string): Promise<void> {
    row.say(this.words.checking ?? "");
    for (let turn = 0; this.rows.get(mediaId) === row; turn += 1) {
      const media = await this.api.ask<Media & { file_name: string; byte_count: number }>(`/upload/media/${mediaId}`).catch(() => null);
      if (media) row.named(media.file_name, media.byte_count);
      if (media?.state === "ready") {
        row.use(mediaId, this.words.ready ?? "");
        return;
      }
      if (media?.state === "rejected") {
        row.fail(this.rejection(media));
        return;
      }
      if (media && isOver(media.state)) {
        this.over(row, mediaId);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS[Math.min(turn, LOOK_MS.length - 1)]));
    }
  }

  // Whoever chooses the file again begins anew.
  private over(row: Row, uploadId: string): void {
    row.fail(this.words.over ?? "");
    void forget(uploadId).catch(() => undefined);
  }

  private rejection(media: Media): string {
    return (this.language === "en" ? media.refusal_en : media.refusal_vi) ?? this.words.rejected ?? "";
  }

  private drop(row: Row, record: Remembered | null): void {
    row.remove(this.rows);
    if (record) void forget(record.uploadId).catch(() => undefined);
    this.show();
  }

  private row(id: string, name: string, size: number): Row {
    const row = new Row(id, name, size, this.words, this.language, this.name);
    for (const named of this.list.querySelectorAll<HTMLInputElement>("[data-media]")) if (named.value === id) named.remove();
    this.rows.set(id, row);
    this.list.append(row.element);
    row.onRemove(() => this.drop(row, null));
    return row;
  }

  private show(): void {
    this.picker.hidden = this.rows.size >= this.most;
    if (this.hint) this.hint.hidden = this.rows.size === 0;
  }
}

class Row {
  readonly element = document.createElement("div");
  private readonly title = made("p", "sm strong");
  private readonly amount = made("p", "xs mut");
  private readonly share = made("span", "p");
  private readonly bar = document.createElement("progress");
  private readonly words_ = made("span", "");
  private readonly again = made("button", "btn") as HTMLButtonElement;
  private readonly pause = made("button", "btn") as HTMLButtonElement;
  private readonly away = made("button", "btn bare") as HTMLButtonElement;
  private readonly field = document.createElement("input");

  constructor(
    private id: string,
    name: string,
    private size: number,
    private readonly words: Words,
    private readonly language: string,
    private readonly place: string,
  ) {
    this.element.className = "card up";
    this.element.dataset.media = id;
    this.title.textContent = name;
    const about = made("div", "about");
    about.append(this.title, this.amount);
    this.bar.max = 100;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", name);
    const message = made("p", "msg");
    message.setAttribute("role", "status");
    message.append(this.words_);
    const acts = made("div", "acts");
    for (const [button, label] of [[this.again, words.resume], [this.pause, words.pause], [this.away, words.remove]] as const) {
      button.type = "button";
      button.textContent = label ?? "";
      acts.append(button);
    }
    this.again.hidden = this.pause.hidden = true;
    this.field.type = "hidden";
    this.element.append(about, this.share, this.bar, message, acts);
    this.named(name, size);
  }

  named(name: string, size: number): void {
    this.title.textContent = name;
    this.size = size;
    if (!this.amount.textContent && size) this.amount.textContent = bytes(size, this.language);
  }

  rename(id: string, rows: Map<string, Row>): void {
    rows.delete(this.id);
    this.id = id;
    this.element.dataset.media = id;
    rows.set(id, this);
  }

  progress(sent: number, speed: number | null): void {
    const percent = this.size ? Math.floor((100 * sent) / this.size) : 0;
    this.bar.value = percent;
    this.share.textContent = `${percent} %`;
    let told = `${bytes(sent, this.language)} / ${bytes(this.size, this.language)}`;
    if (speed) {
      const time = duration((this.size - sent) / speed, this.language);
      told += ` · ${bytes(speed, this.language)}/s · ${fill(this.words.left, { time })}`;
    }
    this.amount.textContent = told;
  }

  say(what: string, waits = false): void {
    this.words_.textContent = what;
    this.again.hidden = !waits;
  }

  steer(sending: Sending): void {
    this.pause.hidden = false;
    let isPaused = false;
    this.again.onclick = () => sending.goOn();
    this.pause.onclick = () => {
      isPaused = !isPaused;
      this.pause.textContent = (isPaused ? this.words.go_on : this.words.pause) ?? "";
      if (isPaused) {
        sending.pause();
        this.say(this.words.paused ?? "");
      } else sending.goOn();
    };
    this.stopping = () => sending.stop();
  }

  private stopping: () => void = () => undefined;

  onRemove(act: () => void): void {
    this.away.onclick = () => {
      this.stopping();
      act();
    };
  }

  whole(): void {
    this.progress(this.size, null);
    this.pause.hidden = this.again.hidden = true;
  }

  use(mediaId: string, what: string): void {
    this.whole();
    this.element.classList.add("done");
    this.field.name = this.place;
    this.field.value = mediaId;
    this.element.append(this.field);
    this.say(what);
  }

  fail(what: string): void {
    this.element.classList.add("bad");
    this.pause.hidden = this.again.hidden = true;
    this.words_.parentElement?.setAttribute("role", "alert");
    this.say(what);
  }

  remove(rows: Map<string, Row>): void {
    rows.delete(this.id);
    this.element.remove();
  }
}

function made(tag: string, kind: string): HTMLElement {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  return element;
}

function fill(words: string | undefined, told: Record<string, string | number>): string {
  return (words ?? "").replace(/\{(\w+)\}/g, (_all, name: string) => String(told[name] ?? ""));
}

function bytes(count: number, language: string): string {
  const mega = count / 1_000_000;
  return `${mega.toLocaleString(language === "en" ? "en" : "vi", { maximumFractionDigits: 1 })} MB`;
}

function duration(seconds: number, language: string): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} ${language === "en" ? "s" : "giây"}`;
  return `${Math.round(seconds / 60)} ${language === "en" ? "min" : "phút"}`;
}
