// Third-party notices: every package that went into a bundle, with its licence text.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { readJson, root } from "./project.mjs";

/**
 * Folders of the packages in a bundle, relative to the repository's root with `/`, sorted.
 * @param {import("esbuild").Metafile[]} metafiles
 * @returns {string[]}
 */
export function bundledPackages(metafiles) {
  const folders = new Set();
  for (const metafile of metafiles) {
    // Only what is left after tree-shaking is distributed.
    for (const output of Object.values(metafile.outputs)) {
      for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
        const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
        if (folder && bytesInOutput > 0) folders.add(folder);
      }
    }
  }
  return [...folders].sort();
}

/**
 * The text of ThirdPartyNotices.txt.
 * @param {string[]} packages folders from {@link bundledPackages}
 * @param {string[]} legalComments licence comments taken out of the bundles
 * @throws when a package comes without a licence text
 */
export function noticesOf(packages, legalComments) {
  const rule = "=".repeat(80);
  const sections = packages.map((folder) => {
    const { name, version, license } = readJson(folder, "package.json");
    return `${rule}\n${name} ${version} (${license})\n${rule}\n\n${licenceText(folder)}\n`;
  });
  const comments = [...new Set(legalComments.map((text) => text.trim()).filter(Boolean))];
  if (comments.length > 0) sections.push(`${rule}\nLicence comments in the packages' files\n${rule}\n\n${comments.join("\n\n")}\n`);
  return `Audit Log Export contains the following packages.\n\n${sections.join("\n")}`;
}

/** @type {(folder: string) => string} */
function licenceText(folder) {
  const files = readdirSync(path.join(root, folder)).filter((name) => /^(licen[cs]e|copying|notice|thirdparty)/i.test(name)).sort();
  const texts = files.map((name) => readFileSync(path.join(root, folder, name), "utf8").replaceAll("\r\n", "\n").trim());
  if (texts.length === 0) throw new Error(`The package ${folder} comes without a licence text.`);
  return texts.join("\n\n");
}
