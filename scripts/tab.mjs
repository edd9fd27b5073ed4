// Makes the folder of the "Audit log" tab: a page, one script, one style sheet.
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { root } from "./project.mjs";

/**
 * Bundles tab/ for browsers.
 * @param {string} target folder that receives tab.html, tab.js and tab.css
 * @param {string} maps folder that receives the source map
 * @returns {Promise<import("./bundle.mjs").Bundle>}
 */
export async function buildTab(target, maps) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [path.join(root, "tab", "tab.ts"), path.join(root, "tab", "tab.css")],
    outdir: target,
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    treeShaking: true,
    platform: "browser",
    format: "iife",
    // As the page that it shares its core with.
    target: ["chrome123", "firefox120", "safari17.5"],
    charset: "utf8",
    tsconfigRaw: "{}",
    legalComments: "external",
    sourcemap: "external",
    logLevel: "silent",
  });
  if (result.warnings.length > 0) throw new Error(`esbuild warns about the tab: ${result.warnings.map((warning) => warning.text).join("; ")}`);
  mkdirSync(target, { recursive: true });
  mkdirSync(maps, { recursive: true });
  let legalComments = "";
  for (const file of result.outputFiles) {
    if (file.path.endsWith(".LEGAL.txt")) legalComments += file.text;
    else writeFileSync(path.join(file.path.endsWith(".map") ? maps : target, path.basename(file.path)), file.contents);
  }
  cpSync(path.join(root, "tab", "tab.html"), path.join(target, "tab.html"));
  return { metafile: result.metafile, legalComments };
}
