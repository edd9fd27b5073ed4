// Makes one file out of a task: its code and every package it uses.
import { builtinModules } from "node:module";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import ts from "typescript";
import { productVersion, root } from "./project.mjs";
import { reportPageHtml } from "./page.mjs";

/**
 * @typedef {object} Bundle
 * @property {import("esbuild").Metafile} metafile what went into the file
 * @property {string} legalComments licence comments that minifying took out of the file
 */

/**
 * Bundles tasks/<task>/index.ts into one minified CommonJS file and keeps the source map apart from it.
 * CommonJS because the agent starts the file by its path, where no package.json could say otherwise.
 * @param {string} task name of the task's folder
 * @param {string} target folder that receives index.js
 * @param {string} maps folder that receives the source map
 * @param {string} [entry] another file to bundle instead of the task's index.ts
 * @returns {Promise<Bundle>}
 */
export async function bundleTask(task, target, maps, entry = path.join(root, "tasks", task, "index.ts")) {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: path.join(target, "index.js"),
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    // Node prints the source line of an error that nobody caught: without a limit that would be the whole file.
    lineLimit: 200,
    treeShaking: true,
    platform: "node",
    format: "cjs",
    target: "node20.18",
    // Packages' ESM entry first: only that form can be tree-shaken.
    mainFields: ["module", "main"],
    // The one credential that is used: the package's index loads browsers, brokers and a dozen other ways to sign in at start-up.
    alias: { "@azure/identity": path.join(root, "node_modules/@azure/identity/dist/esm/credentials/clientAssertionCredential.js") },
    nodePaths: [path.join(root, "node_modules")],
    legalComments: "external",
    sourcemap: "external",
    sourcesContent: true,
    define: { __PRODUCT_VERSION__: JSON.stringify(productVersion()) },
    logLevel: "silent",
    plugins: [reportPage],
  });
  if (result.warnings.length > 0) {
    throw new Error(`esbuild warns about ${task}: ${result.warnings.map((warning) => warning.text).join("; ")}`);
  }
  let legalComments = "";
  for (const file of result.outputFiles) {
    if (file.path.endsWith(".LEGAL.txt")) legalComments = file.text;
    else write(file.path.endsWith(".map") ? path.join(maps, task, path.basename(file.path)) : file.path, file.contents);
    if (file.path.endsWith(".js")) assertComplete(task, file.text);
  }
  return { metafile: result.metafile, legalComments };
}

/**
 * `import text from "report-page"`: the page of a report without its data, made of page/.
 * @type {import("esbuild").Plugin}
 */
export const reportPage = {
  name: "report-page",
  setup(build) {
    build.onResolve({ filter: /^report-page$/ }, ({ path: name }) => ({ path: name, namespace: "report-page" }));
    build.onLoad({ filter: /^report-page$/, namespace: "report-page" }, async () => ({ contents: await reportPageHtml(), loader: "text" }));
  },
};

/** @type {(file: string, contents: Uint8Array) => void} */
function write(file, contents) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, contents);
}

/**
 * Finds what a bundle would still load from elsewhere when it runs: `require` and `import()` of anything but Node's own modules.
 * @param {string} source JavaScript
 * @returns {string[]} the offending expressions
 */
export function outsideModules(source) {
  const builtin = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]).concat("node:sqlite"));
  /** @type {string[]} */
  const found = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isCallExpression(node) && loadsModule(node.expression)) {
      const argument = node.arguments[0];
      const name = argument && ts.isStringLiteralLike(argument) ? argument.text : undefined;
      const outside = name === undefined ? !isResourceLoader(node, file) : !builtin.has(name);
      if (outside) found.push(node.getText(file).slice(0, 120));
    }
    ts.forEachChild(node, visit);
  };
  const file = ts.createSourceFile("index.js", source, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  visit(file);
  return found;
}

/** @type {(callee: ts.Expression) => boolean} */
function loadsModule(callee) {
  return (ts.isIdentifier(callee) && callee.text === "require") || callee.kind === ts.SyntaxKind.ImportKeyword;
}

/**
 * Whether a `require` is the task library's `setResourcePath`, which reads the JSON file its caller names (azure-pipelines-task-lib
 * 5.281, internal.js). It is recognised by the text of its warning, which the minifier leaves as it is.
 * @type {(call: ts.Node, file: ts.SourceFile) => boolean}
 */
function isResourceLoader(call, file) {
  const enclosing = ts.findAncestor(call, ts.isFunctionLike);
  return enclosing?.getText(file).includes("LIB_ResourceFile does not exist") ?? false;
}

/** @type {(task: string, source: string) => void} */
function assertComplete(task, source) {
  const outside = outsideModules(source);
  if (outside.length > 0) throw new Error(`The bundle of ${task} still loads modules from elsewhere: ${outside.join("; ")}`);
}
