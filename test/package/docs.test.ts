import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { parseAllDocuments } from "yaml";
import { withReferences } from "../../scripts/docs.mjs";
import { taskNames } from "../../scripts/project.mjs";
import { readTaskManifest, repository, type TaskInput } from "../support/taskManifest";

/** Inputs of other tasks that the documents use, as Microsoft documents them. */
const otherTasks: Record<string, readonly string[]> = {
  "PublishPipelineArtifact@1": ["targetPath", "artifact"],
  "DownloadPipelineArtifact@2": ["artifact", "path", "source", "project", "pipeline", "runVersion", "runId"],
  "AzureCLI@2": ["azureSubscription", "scriptType", "scriptLocation", "inlineScript"],
};

const ignored = new Set(["node_modules", "dist", "out", ".cache", ".git"]);

function markdownFiles(folder = "."): string[] {
  return readdirSync(path.join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
    const relative = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return ignored.has(entry.name) ? [] : markdownFiles(relative);
    return entry.name.endsWith(".md") ? [relative] : [];
  });
}

const textOf = (file: string) => readFileSync(path.join(repository, file), "utf8").replaceAll("\r\n", "\n");

function yamlBlocks(text: string): string[] {
  return [...text.matchAll(/^```ya?ml\n(.*?)^```/gms)].map(([, block]) => block ?? "");
}

interface Step {
  readonly task: string;
  readonly inputs?: Readonly<Record<string, unknown>> | null;
}

/** Every mapping with a key `task`, wherever it stands. */
function stepsIn(value: unknown): Step[] {
  if (Array.isArray(value)) return value.flatMap(stepsIn);
  if (typeof value !== "object" || value === null) return [];
  const nested = Object.values(value).flatMap(stepsIn);
  return "task" in value && typeof value.task === "string" ? [value as Step, ...nested] : nested;
}

function valueProblem(input: TaskInput, value: unknown): string | undefined {
  if (value === null && !input.defaultValue) return undefined;
  const given = String(value);
  if (input.type === "boolean") return ["true", "false"].includes(given) ? undefined : `${input.name}: ${given} is not a boolean`;
  if (!input.options) return typeof value === "object" ? `${input.name} has no plain value` : undefined;
  const parts = input.properties?.["MultiSelectFlatList"] ? given.split(",") : [given];
  const unknown = parts.filter((part) => !Object.keys(input.options ?? {}).includes(part));
  return unknown.length > 0 ? `${input.name} has no value ${unknown.join()}` : undefined;
}

function stepProblems(step: Step): string[] {
  const given = Object.entries(step.inputs ?? {});
  const other = otherTasks[step.task];
  if (other) return given.filter(([name]) => !other.includes(name)).map(([name]) => `${step.task} has no input ${name}`);
  const task = taskNames().map(readTaskManifest).find(({ name, version }) => `${name}@${version.Major}` === step.task);
  if (!task) return [`there is no task ${step.task}`];
  return given.flatMap(([name, value]) => {
    const input = task.inputs.find((candidate) => (candidate.aliases?.[0] ?? candidate.name) === name);
    return input ? (valueProblem(input, value) ?? []) : [`${step.task} has no input ${name}`];
  });
}

/** What is wrong with the YAML blocks of a Markdown text; lines that comment an input out are read as well. */
function yamlProblems(text: string): string[] {
  return yamlBlocks(text)
    .flatMap((block) => [block, block.replace(/^( +)# ([A-Za-z]+:)/gm, "$1$2")])
    .flatMap((block) => parseAllDocuments(block))
    .flatMap((document) => (document.errors.length > 0 ? document.errors.map(String) : stepsIn(document.toJS()).flatMap(stepProblems)));
}

/** Whether a relative link of a document names a file that exists and, behind `#`, one of its headings. */
function leadsSomewhere(file: string, link: string): boolean {
  const [target = "", anchor] = link.split("#");
  const found = target === "" ? file : path.posix.join(path.posix.dirname(file), target);
  if (!existsSync(path.join(repository, found))) return false;
  const headings = [...textOf(found).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-"));
  return anchor === undefined || headings.includes(anchor);
}

describe("documents", () => {
  for (const file of markdownFiles()) {
    it(`${file} has only YAML that runs: declared tasks, inputs and values`, () => {
      assert.deepEqual(yamlProblems(textOf(file)), []);
    });

    it(`${file} links only to headings and files that exist`, () => {
      const links = [...textOf(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target).filter((target) => !/^https?:/.test(target));
      assert.deepEqual(links.filter((target) => !leadsSomewhere(file, target)), []);
    });
  }

  it("find wrong YAML, so that the tests above can fail", () => {
    const block = (line: string) => `\`\`\`yaml\nsteps:\n  - task: ExportAuditLog@1\n    inputs:\n      ${line}\n\`\`\`\n`;
    assert.deepEqual(yamlProblems(block("window: last")), []);
    assert.deepEqual(yamlProblems(block("window: lately")), ["window has no value lately", "window has no value lately"]);
    assert.equal(yamlProblems(block("# windo: last")).length, 1);
    assert.equal(yamlProblems(block("formats: jsonl,xml")).length, 2);
    assert.equal(yamlProblems(block("publishArtifact: perhaps")).length, 2);
    assert.equal(yamlProblems(block("window: last").replace("@1", "@2")).length, 2);
    assert.ok(yamlProblems(block('window: "last')).length > 0);
  });

  it("README.md's reference equals task.json", () => {
    assert.equal(textOf("README.md"), withReferences(textOf("README.md")));
  });

  it("show complete pipelines with neither push nor pull request trigger, and schedules that always run", () => {
    const pipelines = ["README.md", "overview.md"].map((file) => {
      const found = yamlBlocks(textOf(file)).find((block) => block.includes("schedules:"));
      assert.ok(found, file);
      return parseAllDocuments(found)[0]?.toJS() as { trigger: string; pr: string; schedules: { cron: string; branches: { include: string[] }; always: boolean }[] };
    });
    for (const { trigger, pr, schedules } of pipelines) {
      assert.equal(trigger, "none");
      assert.equal(pr, "none");
      assert.deepEqual(schedules.map(({ always }) => always), [true]);
      assert.ok(schedules.every(({ cron, branches }) => cron.split(" ").length === 5 && branches.include.length > 0));
    }
  });

  it("name only npm scripts that exist", () => {
    const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
    const named = markdownFiles().flatMap((file) => [...textOf(file).matchAll(/npm (?:run )?((?!run|ci|install)[a-z:]+)/g)].map(([, script = ""]) => script));
    assert.ok(named.includes("test") && named.includes("demo"));
    assert.deepEqual(named.filter((script) => !(script in scripts)), []);
  });

  it("name the minimum agent version that task.json asks for", () => {
    for (const file of ["README.md", "overview.md"]) {
      for (const task of taskNames()) assert.ok(textOf(file).includes(`agent of version ${readTaskManifest(task).minimumAgentVersion} `), file);
    }
  });

  it("have the newest version on top of the changes", () => {
    const { version } = JSON.parse(textOf("package.json")) as { version: string };
    assert.equal(/^## (.*)$/m.exec(textOf("CHANGELOG.md"))?.[1], version);
  });
});
