// Unpacks the Chromium of npm's package: `node unpack.mjs PACKAGE OUT`.
import { createReadStream, createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";

const [packed, out] = process.argv.slice(2);
for (const name of ["chromium", "al2023.tar", "fonts.tar"]) {
  await pipeline(
    createReadStream(join(packed, "bin", `${name}.br`)),
    createBrotliDecompress(),
    createWriteStream(join(out, name), { mode: 0o755 }),
  );
}
