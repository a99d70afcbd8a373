// Receives a province's aggregated figures by webhook, as the city authority may do. Needs only Node 20 or newer.
//
// Each request is signed by the Standard Webhooks specification (standardwebhooks.com). Its body is a CloudEvents
// envelope with the aggregate in `data`; the same event may come twice and has the same `webhook-id` then. Of one
// aggregate the newest `version` is the truth.
//
//   CITY_WEBHOOK_SECRET=whsec_… node city_webhook.mjs [port]
//
// prints one JSON object per line. Answer 2xx only after what came is kept: what is not answered comes again, for days.
// Behind a proxy that ends TLS: we are called by https only.

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const TOLERANCE_SECONDS = 300;
const MOST_BYTES = 1 << 20;
const REMEMBERED = 10_000;

/** Says whether `body` was signed for us with one of `secrets`, and lately; several while a secret is changed. */
export function isGenuine(headers, body, secrets, now = Date.now() / 1000) {
  const id = headers["webhook-id"] ?? "";
  const timestamp = headers["webhook-timestamp"] ?? "";
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp)) > TOLERANCE_SECONDS) return false;
  const given = (headers["webhook-signature"] ?? "")
    .split(" ")
    .filter((each) => each.startsWith("v1,"))
    .map((each) => Buffer.from(each.slice(3), "base64"));
  return secrets.some((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
    return given.some((each) => each.length === expected.length && timingSafeEqual(each, expected));
  });
}

/** The newest version of every aggregate, and which events were seen. */
export class Aggregates {
  #newest = new Map();
  #seen = new Set();

  /** Returns the aggregate when it is newer than what is known, else nothing. */
  take(id, envelope) {
    if (this.#seen.has(id)) return undefined;
    this.#seen.add(id);
    if (this.#seen.size > REMEMBERED) this.#seen.delete(this.#seen.values().next().value);
    if (envelope.type !== "reporting.aggregate.updated.v1") return undefined;
    const told = envelope.data;
    if ((this.#newest.get(envelope.subject)?.version ?? 0) >= told.version) return undefined;
    this.#newest.set(envelope.subject, told);
    return {
      requirement_id: told.requirement_id,
      unit_id: told.unit_id,
      period: told.period,
      version: told.version,
      // Null where nobody has reported yet, which is not zero.
      totals: Object.fromEntries(told.totals.map((each) => [each.indicator, each.value])),
      units_reported: told.units_reported,
      units_due: told.units_due,
      event_id: envelope.id,
    };
  }
}

async function bodyOf(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Returns a server that prints what comes. */
export function receiver(secrets, print = (line) => process.stdout.write(`${line}\n`)) {
  const aggregates = new Aggregates();
  return createServer(async (request, answer) => {
    const end = (status) => answer.writeHead(status).end();
    try {
      if (request.method !== "POST") return end(405);
      const body = await bodyOf(request);
      if (body === undefined) return end(413);
      if (!isGenuine(request.headers, body, secrets)) return end(401);
      const told = aggregates.take(request.headers["webhook-id"], JSON.parse(body.toString("utf8")));
      if (told !== undefined) print(JSON.stringify(told));
      return end(204);
    } catch (error) {
      process.stderr.write(`city_webhook: ${error}\n`);
      return end(400);
    }
  });
}

if (process.argv[1] === import.meta.filename) {
  const secrets = (process.env.CITY_WEBHOOK_SECRET ?? "").split(" ").filter(Boolean);
  if (secrets.length === 0) {
    process.stderr.write("city_webhook: set CITY_WEBHOOK_SECRET; two with a space between them while it is changed\n");
    process.exit(1);
  }
  const server = receiver(secrets);
  server.listen(Number(process.argv[2] ?? 8090), "127.0.0.1", () => {
    process.stderr.write(`city_webhook: listening on ${server.address().port}\n`);
  });
  for (const ending of ["SIGTERM", "SIGINT"]) process.on(ending, () => server.close(() => process.exit(0)));
}
