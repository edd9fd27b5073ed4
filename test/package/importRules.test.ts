import assert from "node:assert/strict";
import path from "node:path";
import { ESLint, Linter } from "eslint";
import tseslint from "typescript-eslint";
import { importRule, rooms } from "../../scripts/importRules.mjs";

const root = path.resolve(import.meta.dirname, "../..");

function problemsOf(file: string, code: string): string[] {
  const linter = new Linter({ cwd: root });
  const config: Linter.Config = {
    files: ["**/*.ts"],
    languageOptions: { parser: tseslint.parser },
    plugins: { house: { rules: { imports: importRule } } },
    rules: { "house/imports": "error" },
  };
  return linter.verify(code, [config], path.join(root, file)).map((problem) => problem.message);
}

const refused: [file: string, code: string, problem: RegExp][] = [
  ["tasks/common/http/send.ts", 'import tl from "azure-pipelines-task-lib/task";', /Only agent\//],
  ["tasks/ExportAuditLog/run.ts", 'import tl from "azure-pipelines-task-lib";', /Only agent\//],
  ["tasks/common/auditlog/query.ts", 'import { request } from "undici";', /Only http\//],
  ["tasks/common/http/send.ts", 'import { createHttpHeaders } from "@azure/core-rest-pipeline";', /Only identity\//],
  ["tasks/common/time/clock.ts", 'import { Temporal } from "temporal-polyfill";', /Only window\//],
  ["tasks/common/http/send.ts", 'import { type Agent } from "../agent/agent";', /http\/ knows nothing of agent\//],
  ["tasks/common/errors/taskError.ts", 'import { now } from "../time/clock";', /errors\/ uses only rooms below it/],
  ["tasks/common/auditlog/entry.ts", 'export { write } from "../export/writer";', /auditlog\/ uses only rooms below it/],
  ["tasks/common/auditlog/entry.ts", 'export * from "../report/summary";', /auditlog\/ uses only rooms below it/],
  ["tasks/common/window/window.ts", 'const page = await import("../auditlog/page");', /window\/ uses only rooms below it/],
  ["tasks/common/window/window.ts", 'type Page = import("../auditlog/page").Page;', /window\/ uses only rooms below it/],
  ["tasks/common/agent/agent.ts", 'import { inputNames } from "../../ExportAuditLog/contract";', /A room imports nothing from a task/],
  ["tasks/common/shed/spade.ts", 'import { TaskError } from "../errors/taskError";', /not among the rooms/],
  ["tasks/ExportAuditLog/run.ts", 'import { run } from "../VerifyAuditLog/run";', /imports nothing from the task VerifyAuditLog/],
  ["tasks/ExportAuditLog/run.ts", 'import { startSandbox } from "../../sandbox/sandbox";', /Tasks import nothing from sandbox\//],
  ["tasks/common/files/hash.ts", 'import { fake } from "../../../test/support/fake";', /Tasks import nothing from test\//],
  ["page/model.ts", 'import { renderSummary } from "../tasks/common/report/summary";', /need nothing of Node/],
  ["page/model.ts", 'import { runTab } from "../tab/runTab";', /page\/ imports nothing from tab\//],
  ["page/model.ts", 'import { Virtualizer } from "@tanstack/virtual-core";', /without packages/],
  ["tab/runTab.ts", 'import { startSandbox } from "../sandbox/sandbox";', /tab\/ imports nothing from sandbox\//],
  ["tasks/common/report/reportData.ts", 'import { formatInstant } from "../window/instant";', /only files that they may use/],
  ["tasks/common/report/readReportData.ts", 'import { gunzip } from "node:zlib";', /imports no package/],
  ["sandbox/audit/page.ts", 'import { ticksOfId } from "../../tasks/common/time/ticks";', /sandbox imports nothing from tasks\//],
];

const allowed: [file: string, code: string][] = [
  ["page/parts/csvFile.ts", 'import { csvCell } from "../../tasks/common/export/csvCell";\nimport { html } from "../dom";'],
  ["tab/runTab.ts", 'import { renderReport } from "../page/reportView";\nimport * as SDK from "azure-devops-extension-sdk";'],
  ["tasks/common/report/readReportData.ts", 'import { REPORT_DATA_VERSION } from "./reportData";'],
  ["tasks/common/agent/azurePipelines.ts", 'import tl from "azure-pipelines-task-lib/task";'],
  ["tasks/common/http/send.ts", 'import { request } from "undici";\nimport { sleep } from "../time/sleep";\nimport { host } from "./host";'],
  ["tasks/common/identity/token.ts", 'import { ClientAssertionCredential } from "@azure/identity";\nimport { type Agent } from "../agent/agent";'],
  ["tasks/common/window/window.ts", 'import { Temporal } from "temporal-polyfill";'],
  ["tasks/ExportAuditLog/run.ts", 'import { inputNames } from "./contract";\nimport { summary } from "../common/report/summary";'],
  ["test/unit/http/send.test.ts", 'import { request } from "undici";\nimport { send } from "../../../tasks/common/http/send";'],
  ["sandbox/audit/page.ts", 'import { Server } from "../network/server";'],
];

describe("import rules", () => {
  for (const [file, code, problem] of refused) {
    it(`refuses in ${file}: ${code}`, () => {
      const problems = problemsOf(file, code);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", problem);
    });
  }

  for (const [file, code] of allowed) {
    it(`allows in ${file}: ${code.replaceAll("\n", " ")}`, () => {
      assert.deepEqual(problemsOf(file, code), []);
    });
  }

  it("holds for every pair of rooms that the upper one may use the lower one only", () => {
    for (const [rank, upper] of rooms.entries()) {
      for (const lower of rooms.slice(rank + 1)) {
        assert.equal(problemsOf(`tasks/common/${lower}/a.ts`, `import "../${upper}/b";`).length, 1, `${lower} -> ${upper}`);
      }
    }
  });

  it("is switched on, with the type-aware rules, for the tasks and the sandbox", async () => {
    const eslint = new ESLint({ cwd: root });
    for (const file of ["tasks/ExportAuditLog/run.ts", "tasks/common/http/send.ts", "sandbox/sandbox.ts"]) {
      const config = (await eslint.calculateConfigForFile(path.join(root, file))) as Linter.Config;
      for (const rule of ["house/imports", "@typescript-eslint/no-floating-promises", "@typescript-eslint/no-misused-promises"]) {
        const setting = config.rules?.[rule];
        assert.equal(Array.isArray(setting) ? setting[0] : setting, 2, `${rule} for ${file}`);
      }
    }
  });
});
