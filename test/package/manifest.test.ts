import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import AdmZip from "adm-zip";
import { outsideModules } from "../../scripts/bundle.mjs";
import { contractOf } from "../../scripts/contract.mjs";
import { readJson, taskNames } from "../../scripts/project.mjs";
import { readRepositoryJson, readTaskManifest, repository, type TaskManifest } from "../support/taskManifest";

interface Extension {
  readonly version: string;
  readonly publisher: string;
  readonly id: string;
  readonly description: string;
  readonly scopes: readonly string[];
  readonly targets: readonly { readonly id: string }[];
  readonly contributions: readonly { readonly type: string; readonly properties: { readonly name: string } }[];
}

const dist = path.join(repository, "dist");
const productVersion = (readRepositoryJson("package.json") as { version: string }).version;
const readUnzipped = (relative: string) => readFileSync(path.join(dist, "unzipped", relative), "utf8");

/** Width and height of a PNG, out of the IHDR chunk that begins at byte 8 (PNG specification, 11.2.2). */
function sizeOfPng(file: string): [width: number, height: number] {
  const bytes = readFileSync(file);
  assert.equal(bytes.toString("latin1", 1, 4) + bytes.toString("latin1", 12, 16), "PNGIHDR");
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
}

function vsixFile(): string {
  const files = readdirSync(dist).filter((name) => name.endsWith(".vsix"));
  assert.equal(files.length, 1);
  return path.join(dist, files[0] ?? "");
}

describe("vss-extension.json", () => {
  const extension = readRepositoryJson("vss-extension.json") as Extension;

  it("is for Azure DevOps Services only and asks for nothing but builds", () => {
    assert.deepEqual(extension.targets, [{ id: "Microsoft.VisualStudio.Services.Cloud" }]);
    assert.deepEqual(extension.scopes, ["vso.build"]);
    assert.ok(extension.description.length <= 200);
  });

  it("contributes every task", () => {
    assert.deepEqual(extension.contributions.filter(({ type }) => type === "ms.vss-distributed-task.task").map((contribution) => contribution.properties.name).sort(), taskNames().map((name) => `tasks/${name}`));
  });

  it("has icons of the sizes that the marketplace and the task list ask for", () => {
    assert.deepEqual(sizeOfPng(path.join(repository, "images/extension-icon.png")), [128, 128]);
    for (const task of taskNames()) assert.deepEqual(sizeOfPng(path.join(repository, `tasks/${task}/icon.png`)), [32, 32]);
  });
});

for (const name of taskNames()) {
  describe(`task.json of ${name}`, () => {
    const task = readTaskManifest(name);
    const inputNames = task.inputs.map((input) => input.name);

    it("gives every input a label, a help text and an existing group", () => {
      for (const input of task.inputs) {
        assert.ok(input.label && input.helpMarkDown, input.name);
        assert.ok(task.groups.some((group) => group.name === input.groupName), input.name);
      }
    });

    it("names inputs and aliases once", () => {
      const all = task.inputs.flatMap((input) => [input.name, ...(input.aliases ?? [])]).map((text) => text.toLowerCase());
      assert.deepEqual(all, [...new Set(all)]);
    });

    it("has rules of visibility that the pipeline editor understands: earlier inputs, and not && mixed with ||", () => {
      for (const { name: input, visibleRule = "" } of task.inputs) {
        assert.ok(!(visibleRule.includes("&&") && visibleRule.includes("||")) && !visibleRule.includes("("), input);
        const used = visibleRule.split(/&&|\|\|/).map((part) => part.trim().split(" ")[0] ?? "").filter(Boolean);
        for (const other of used) assert.ok(inputNames.includes(other) && inputNames.indexOf(other) < inputNames.indexOf(input), `${input} depends on ${other}`);
      }
    });

    it("has defaults that its lists of values allow", () => {
      for (const { name: input, options, defaultValue } of task.inputs) {
        if (!options || !defaultValue) continue;
        for (const value of defaultValue.split(",")) assert.ok(value in options, `${input}: ${value}`);
      }
    });

    it("lets the step set exactly its declared output variables, and leaves it the commands that publish", () => {
      assert.deepEqual(task.restrictions.settableVariables.allowed, task.outputVariables.map((output) => output.name));
      assert.equal(task.restrictions.commands, undefined);
    });

    it("uses only inputs in the name of the step", () => {
      for (const [, used = ""] of task.instanceNameFormat.matchAll(/\$\(([^)]+)\)/g)) assert.ok(inputNames.includes(used), used);
    });

    it("matches the generated contract.ts", () => {
      const committed = readFileSync(path.join(repository, "tasks", name, "contract.ts"), "utf8").replaceAll("\r\n", "\n");
      assert.equal(committed, contractOf(readJson("tasks", name, "task.json") as Parameters<typeof contractOf>[0]));
    });
  });

  describe(`the package of ${name}`, () => {
    const bundle = () => readUnzipped(`tasks/${name}/index.js`);

    it("has one version everywhere: package.json's", () => {
      const [Major, Minor, Patch] = productVersion.split(".").map(Number);
      const staged = JSON.parse(readUnzipped(`tasks/${name}/task.json`)) as TaskManifest;
      assert.deepEqual(staged.version, { Major, Minor, Patch });
      assert.match(readUnzipped("extension.vsixmanifest"), new RegExp(` Version="${productVersion.replaceAll(".", "\\.")}"`));
      const { publisher, id } = readRepositoryJson("vss-extension.json") as Extension;
      assert.equal(path.basename(vsixFile()), `${publisher}.${id}-${productVersion}.vsix`);
    });

    it("loads nothing but Node's own modules when it runs", () => {
      assert.deepEqual(outsideModules(bundle()), []);
      assert.deepEqual(outsideModules('require("undici"); require(name); import(name); require("node:fs"); require("fs/promises")'), ['require("undici")', "require(name)", "import(name)"]);
    });

    it("holds one copy of the task library", () => {
      // The text stands once in each copy of the library: its guard against being loaded twice sets the flag in one place.
      assert.equal(bundle().split(/_vsts_task_lib_loaded\s*=/).length - 1, 1);
    });

    it("has lines short enough that an uncaught error does not print the program", () => {
      const longest = bundle().split("\n").reduce((most, line) => Math.max(most, line.length), 0);
      assert.ok(longest < 10_000, `longest line: ${longest}`);
    });
  });
}

describe("the vsix", () => {
  const files = () => new AdmZip(vsixFile()).getEntries().filter((entry) => !entry.isDirectory);

  it("holds exactly the files that it should", () => {
    const expected = [
      "LICENSE",
      "ThirdPartyNotices.txt",
      "[Content_Types].xml",
      "extension.vsixmanifest",
      "extension.vsomanifest",
      ...readdirSync(path.join(repository, "images")).map((name) => `images/${name}`),
      "overview.md",
      ...["tab.css", "tab.html", "tab.js"].map((name) => `tab/${name}`),
      ...taskNames().flatMap((name) => ["icon.png", "index.js", "task.json"].map((file) => `tasks/${name}/${file}`)),
      "tasks/VerifyAuditLog/verify-audit-log.mjs",
    ];
    const names = files().map((entry) => entry.entryName);
    assert.deepEqual(names.sort(), expected.sort());
  });

  it("is what dist/unzipped holds, byte for byte", () => {
    for (const entry of files()) {
      assert.ok(entry.getData().equals(readFileSync(path.join(dist, "unzipped", entry.entryName))), entry.entryName);
    }
  });

  it("is smaller than 2 MB", () => {
    assert.ok(statSync(vsixFile()).size < 2 * 1024 * 1024);
  });

  it("names every bundled package and its licence in the notices", () => {
    const notices = readUnzipped("ThirdPartyNotices.txt");
    const packages = readRepositoryJson("dist/bundled.json") as string[];
    assert.ok(packages.includes("node_modules/azure-pipelines-task-lib") && packages.length > 5);
    for (const folder of packages) {
      const { name, version, license } = readRepositoryJson(`${folder}/package.json`) as Record<string, string>;
      assert.ok(notices.includes(`\n${String(name)} ${String(version)} (${String(license)})\n`), folder);
      assert.ok(notices.includes(licenceLine(folder)), `${folder}: licence text`);
    }
  });

  it("bundles only packages that support the oldest Node 20 of the agents", () => {
    const lock = readRepositoryJson("package-lock.json") as { packages: Record<string, { engines?: { node?: string } }> };
    for (const folder of readRepositoryJson("dist/bundled.json") as string[]) {
      const range = lock.packages[folder]?.engines?.node ?? "*";
      assert.doesNotMatch(range, /^\s*(>=|\^)\s*(2[1-9]|[3-9]\d|20\.(19|[2-9]\d))/, `${folder} asks for Node ${range}`);
    }
  });
});

/** The first line of a package's licence file that says who holds the copyright, or else its first line. */
function licenceLine(folder: string): string {
  const file = readdirSync(path.join(repository, folder)).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  assert.ok(file, folder);
  const lines = readFileSync(path.join(repository, folder, file), "utf8").split(/\r?\n/).filter((line) => line.trim());
  return (lines.find((line) => /copyright/i.test(line)) ?? lines[0] ?? "").trim();
}
