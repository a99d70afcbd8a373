// What this device remembers of its uploads: a record in IndexedDB, and a copy of the file where the browser lets us.

export interface Remembered {
  uploadId: string;
  mediaId: string;
  obligationId: string;
  personId: string;
  name: string;
  size: number;
  type: string;
  partBytes: number;
  partCount: number;
  fingerprint: string;
  hasCopy: boolean;
  isComplete: boolean;
  // The field of the form the file is for; none: the one of the answer as a whole.
  place?: string;
}

const NAME = "congvan";
const STORE = "uploads";
const EDGE = 64 * 1024;
const ASKED_MS = 3000;

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "uploadId" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function within<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export async function remember(record: Remembered): Promise<void> {
  await within("readwrite", (store) => store.put(record));
}

export async function remembered(obligationId: string, personId: string): Promise<Remembered[]> {
  const all = await within<Remembered[]>("readonly", (store) => store.getAll() as IDBRequest<Remembered[]>);
  return all.filter((each) => each.obligationId === obligationId && each.personId === personId);
}

export async function forget(uploadId: string): Promise<void> {
  await within("readwrite", (store) => store.delete(uploadId));
  await dropCopy(uploadId);
}

async function folder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(STORE, { create: true });
}

export async function copy(uploadId: string, file: Blob): Promise<boolean> {
  try {
    const { quota = 0, usage = 0 } = await navigator.storage.estimate();
    if (quota - usage < file.size * 1.1) return false;
    void navigator.storage.persist?.();
    const handle = await (await folder()).getFileHandle(uploadId, { create: true });
    await file.stream().pipeTo(await handle.createWritable());
    return true;
  } catch {
    return false; // an older Safari, a private window: the person chooses the file again
  }
}

export async function copyOf(record: Remembered): Promise<Blob | null> {
  if (!record.hasCopy) return null;
  try {
    const file = await (await (await folder()).getFileHandle(record.uploadId)).getFile();
    return file.size === record.size ? file : null;
  } catch {
    return null;
  }
}

export async function dropCopy(uploadId: string): Promise<void> {
  try {
    await (await folder()).removeEntry(uploadId);
  } catch {
    // There was none.
  }
}

// Tells the same file from any other without reading all of it.
export async function fingerprintOf(file: Blob): Promise<string> {
  const edges = new Blob([file.slice(0, EDGE), file.slice(Math.max(0, file.size - EDGE))]);
  const digest = await crypto.subtle.digest("SHA-256", await edges.arrayBuffer());
  return `${file.size}:${base64(digest)}`;
}

// The SHA-256 of each part the file will be cut into.
export async function digestsOf(file: Blob, partBytes: number): Promise<string[]> {
  const digests: string[] = [];
  for (let start = 0; start < file.size; start += partBytes) {
    const bytes = await file.slice(start, start + partBytes).arrayBuffer();
    digests.push(base64(await crypto.subtle.digest("SHA-256", bytes)));
  }
  return digests;
}

// How long a film or a recording plays; null when this browser cannot tell, and then the service will.
export async function durationOf(file: File): Promise<number | null> {
  if (!/^(video|audio)\//.test(file.type)) return null;
  const address = URL.createObjectURL(file);
  try {
    return await new Promise<number | null>((resolve) => {
      const player = document.createElement(file.type.startsWith("video/") ? "video" : "audio");
      const told = (): void => resolve(Number.isFinite(player.duration) ? Math.round(player.duration * 1000) : null);
      player.onloadedmetadata = told;
      player.onerror = () => resolve(null);
      setTimeout(() => resolve(null), ASKED_MS);
      player.preload = "metadata";
      player.src = address;
    });
  } finally {
    URL.revokeObjectURL(address);
  }
}

export function base64(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}
