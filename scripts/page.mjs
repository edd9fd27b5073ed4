// Makes the page of report.html out of page/: one HTML text with its script and its style inside, and a place for the data.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { root } from "./project.mjs";

/** What the page's reader of data is looked for as, and what writeReport.ts replaces. */
const dataMarker = "<!--REPORT-DATA-->";

/**
 * The text of report.html without its data. It may load nothing and run nothing but its own script, whatever the data hold: the policy
 * names the script and the style by their hashes. The same sources give the same bytes.
 * @returns {Promise<string>}
 */
export async function reportPageHtml() {
  const script = await bundled(path.join(root, "page", "reportPage.ts"));
  const style = await bundled(path.join(root, "page", "report.css"));
  const policy = [
    "default-src 'none'", `script-src '${sourceHash(script)}'`, `style-src '${sourceHash(style)}'`, "img-src data:", "base-uri 'none'", "form-action 'none'",
  ].join("; ");
  return readFileSync(path.join(root, "page", "report.html"), "utf8")
    .replaceAll("\r\n", "\n")
    .replace("{{policy}}", () => policy)
    .replace("{{style}}", () => style)
    .replace("{{data}}", () => dataMarker)
    .replace("{{script}}", () => script);
}

/** @param {string} entry */
async function bundled(entry) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    platform: "browser",
    target: ["chrome123", "firefox120", "safari17.5"],
    charset: "utf8",
    legalComments: "none",
    tsconfigRaw: "{}",
    logLevel: "silent",
  });
  if (result.warnings.length > 0) throw new Error(`esbuild warns about ${path.basename(entry)}: ${result.warnings.map((warning) => warning.text).join("; ")}`);
  const [{ text = "" } = {}] = result.outputFiles;
  // Either would end its element, and with it the page.
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error(`${path.basename(entry)} holds what ends a script or a style.`);
  return text.trim();
}

/** @param {string} text of an element, as the browser hashes it */
function sourceHash(text) {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
