// Sends one file in parts straight to the store. The server's word on what has arrived is the only truth; whatever is
// cut goes on from there. Knows nothing of pages.
import { base64 } from "./remembering";

export interface Opened {
  upload_id: string;
  media_id: string;
  part_bytes: number;
  part_count: number;
}

export interface Signed {
  number: number;
  url: string;
  headers: Record<string, string>;
}

interface Arrived {
  state: string;
  parts: { number: number; etag: string; byte_count: number }[];
}

export interface Media {
  state: string;
  refusal_vi: string | null;
  refusal_en: string | null;
}

export interface Watcher {
  progress(sent: number, bytesPerSecond: number | null): void;
  waits(seconds: number, why: "line" | "offline"): void;
  sends(): void;
}

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export class Cut extends Error {}

// Left for too long, or taken back: nothing comes of the upload any more.
export const isOver = (state: string): boolean => ["abandoned", "withdrawn", "deleted"].includes(state);

const STALLED_MS = 30_000;
export const LONGEST_WAIT_MS = 10_000;
export const FIRST_WAIT_MS = 500;
const MOST_AT_ONCE = 3;
const SPEED_OVER_MS = 8_000;
// Addresses are good for an hour; one that is nearly over is not worth five megabytes.
const SIGNED_FOR_MS = 45 * 60_000;
// As the service cuts: on a bad line the smallest part loses the least.
export const partBytesFor = (size: number): number => (size <= 300_000_000 ? 5 : 16) << 20;

export class Api {
  constructor(
    private readonly token: string,
    private readonly language: string,
  ) {}

  async ask<T>(path: string, body?: unknown): Promise<T> {
    const asked: RequestInit = { headers: { Accept: "application/json" } };
    if (body !== undefined) {
      asked.method = "POST";
      asked.headers = { ...asked.headers, "Content-Type": "application/json", "X-Congvan-Form": this.token };
      asked.body = JSON.stringify(body);
    }
    let answer: Response;
    try {
      answer = await fetch(path, asked);
    } catch {
      throw new Cut(path);
    }
    if (answer.ok) return (await answer.json()) as T;
    if (answer.status >= 500 || answer.status === 408 || answer.status === 429) throw new Cut(path);
    const told = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
    const words = (this.language === "en" ? told.detail_en : told.detail) ?? told.detail ?? answer.statusText;
    throw new Refused(answer.status, String(told.code ?? ""), String(words));
  }
}

export class Sending {
  private arrived = new Map<number, number>();
  private flying = new Map<number, { bytes: number; request: XMLHttpRequest }>();
  private marks: { at: number; bytes: number }[] = [];
  private atOnce = 2;
  private inRow = 0;
  private failures = 0;
  private wake: (() => void) | null = null;
  private isPaused = false;
  private isStopped = false;
  private readonly signed: Map<number, Signed>;
  private readonly signedAt = performance.now();
  private isNew: boolean;

  constructor(
    private readonly api: Api,
    private readonly upload: Opened,
    private readonly file: Blob,
    private readonly watcher: Watcher,
    signed: Signed[] = [],
  ) {
    this.signed = new Map(signed.map((each) => [each.number, each]));
    this.isNew = signed.length > 0;
  }

  // Returns when the store holds the whole file; throws `Refused` for what trying again does not mend.
  async run(): Promise<void> {
    while (!this.isStopped) {
      try {
        // Of an upload that was opened a moment ago nothing has arrived.
        if (!this.isNew) {
          const told = await this.api.ask<Arrived>(`/upload/progress/${this.upload.upload_id}`);
          if (isOver(told.state)) throw new Refused(409, "upload-over", "");
          if (told.state !== "uploading" && told.state !== "completing") return;
          this.arrived = new Map(told.parts.map((part) => [part.number, part.byte_count]));
        }
        this.isNew = false;
        this.tell();
        if (this.isPaused) await this.pausing();
        await this.sendMissing();
        if (this.isStopped) return;
        const all = await this.api.ask<Arrived>(`/upload/progress/${this.upload.upload_id}`);
        const parts = all.parts.map(({ number, etag }) => ({ number, etag }));
        await this.api.ask(`/upload/complete/${this.upload.upload_id}`, { parts });
        return;
      } catch (error) {
        if (error instanceof Refused && error.code !== "parts-missing") throw error;
        if (!(error instanceof Cut) && !(error instanceof Refused)) throw error;
        if (!this.isPaused) await this.backOff();
      }
    }
  }

  pause(): void {
    this.isPaused = true;
    for (const { request } of this.flying.values()) request.abort();
  }

  goOn(): void {
    this.isPaused = false;
    this.wake?.();
  }

  stop(): void {
    this.isStopped = true;
    this.pause();
    this.goOn();
  }

  private async sendMissing(): Promise<void> {
    const missing: number[] = [];
    for (let number = 1; number <= this.upload.part_count; number += 1) if (!this.arrived.has(number)) missing.push(number);
    if (missing.length === 0) return;
    this.watcher.sends();
    let cut: unknown = null;
    const lane = async (index: number): Promise<void> => {
      while (missing.length > 0 && cut === null && !this.isPaused && index < this.atOnce) {
        const number = missing.shift();
        if (number === undefined) return;
        try {
          await this.sendPart(number);
        } catch (error) {
          cut ??= error;
          return;
        }
        this.failures = 0;
        this.inRow += 1;
        // The line carries it: one more at once, as long as nothing is cut.
        if (this.inRow >= 4 && this.atOnce < MOST_AT_ONCE) {
          this.atOnce += 1;
          lanes.push(lane(this.atOnce - 1));
        }
      }
    };
    const lanes: Promise<void>[] = [];
    for (let index = 0; index < this.atOnce; index += 1) lanes.push(lane(index));
    for (let index = 0; index < lanes.length; index += 1) await lanes[index];
    if (cut !== null) {
      this.inRow = 0;
      this.atOnce = Math.max(1, this.atOnce - 1);
      throw cut;
    }
    if (this.isPaused) throw new Cut("paused");
  }

  private async sendPart(number: number): Promise<void> {
    const start = (number - 1) * this.upload.part_bytes;
    const bytes = await this.file.slice(start, start + this.upload.part_bytes).arrayBuffer();
    const target = this.signedBefore(number) ?? (await this.sign(number, bytes));
    await this.put(number, target.url, target.headers, bytes);
    this.arrived.set(number, bytes.byteLength);
    this.tell();
  }

  // An address that was signed when the upload was opened, once: whatever is tried again is signed anew.
  private signedBefore(number: number): Signed | null {
    const signed = this.signed.get(number);
    this.signed.delete(number);
    return signed && performance.now() - this.signedAt < SIGNED_FOR_MS ? signed : null;
  }

  private async sign(number: number, bytes: ArrayBuffer): Promise<Signed> {
    const sha256 = base64(await crypto.subtle.digest("SHA-256", bytes));
    const path = `/upload/parts/${this.upload.upload_id}`;
    const [signed] = (await this.api.ask<{ parts: Signed[] }>(path, { parts: [{ number, sha256 }] })).parts;
    if (!signed) throw new Cut("nothing was signed");
    return signed;
  }

  private put(number: number, url: string, headers: Record<string, string>, bytes: ArrayBuffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      let watch = 0;
      const moved = (): void => {
        clearTimeout(watch);
        watch = window.setTimeout(() => request.abort(), STALLED_MS);
      };
      const ended = (): void => {
        clearTimeout(watch);
        this.flying.delete(number);
      };
      request.open("PUT", url);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => {
        moved();
        this.flying.set(number, { bytes: event.loaded, request });
        this.tell();
      };
      request.onload = () => {
        ended();
        // Whatever the store says against it, an address that ran out say, the next one is signed anew.
        if (request.status >= 200 && request.status < 300) resolve();
        else reject(new Cut(`the store answered ${request.status}`));
      };
      request.onerror = request.onabort = () => {
        ended();
        reject(new Cut("the line was cut"));
      };
      this.flying.set(number, { bytes: 0, request });
      moved();
      request.send(bytes);
    });
  }

  private tell(): void {
    let sent = 0;
    for (const bytes of this.arrived.values()) sent += bytes;
    for (const { bytes } of this.flying.values()) sent += bytes;
    const now = performance.now();
    this.marks.push({ at: now, bytes: sent });
    while (this.marks.length > 2 && now - (this.marks[0]?.at ?? now) > SPEED_OVER_MS) this.marks.shift();
    const first = this.marks[0];
    const span = first ? (now - first.at) / 1000 : 0;
    const moved = first ? sent - first.bytes : 0;
    this.watcher.progress(Math.min(sent, this.file.size), span > 0.5 && moved > 0 ? moved / span : null);
  }

  private async backOff(): Promise<void> {
    this.marks = [];
    if (!navigator.onLine) {
      this.watcher.waits(0, "offline");
      await this.waiting(null);
      return;
    }
    const most = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.failures);
    this.failures += 1;
    const wait = most * (0.5 + Math.random() / 2);
    this.watcher.waits(Math.max(1, Math.ceil(wait / 1000)), "line");
    await this.waiting(wait);
  }

  private pausing(): Promise<void> {
    return this.waiting(null);
  }

  // Until the time is over, somebody says so, or the network is back.
  private waiting(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      let timer = 0;
      const done = (): void => {
        clearTimeout(timer);
        window.removeEventListener("online", online);
        this.wake = null;
        resolve();
      };
      const online = (): void => {
        if (!this.isPaused) done();
      };
      if (ms !== null) timer = window.setTimeout(done, ms);
      window.addEventListener("online", online);
      this.wake = done;
    });
  }
}
