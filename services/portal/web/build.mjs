// Builds what browsers load: `node build.mjs SOURCES OUT`. Every file is named by its content; manifest.json says how.
import { build } from "esbuild";
import { basename, join } from "node:path";
import { writeFileSync } from "node:fs";

const [sources, out] = process.argv.slice(2);
const made = await build({
  entryPoints: { portal: join(sources, "src/portal.ts"), styles: join(sources, "src/styles.css") },
  outdir: out,
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  target: ["es2022", "chrome109", "safari16", "firefox115"],
  entryNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  assetNames: "[name]-[hash]",
  publicPath: "/assets",
  loader: { ".woff2": "file" },
  nodePaths: [join(import.meta.dirname, "node_modules")],
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
});
const manifest = {};
for (const [path, output] of Object.entries(made.metafile.outputs)) {
  const name = basename(path);
  const entry = output.entryPoint ? basename(output.entryPoint) : "";
  manifest[entry === "portal.ts" ? "portal.js" : entry === "styles.css" ? "portal.css" : name] = name;
}
writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 1));
