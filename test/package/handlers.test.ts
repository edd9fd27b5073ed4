import assert from "node:assert/strict";
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { handlerNode, handlerVersions } from "../../scripts/handlers.mjs";
import { taskNames } from "../../scripts/project.mjs";

const unzipped = path.resolve(import.meta.dirname, "../../dist/unzipped");

describe("the packaged task under the agents' own Node versions", function () {
  // Fetching a Node the first time is a download.
  this.timeout(320_000);

  for (const version of handlerVersions) {
    it(`starts under Node ${version} and ends in good order when it is given no inputs`, function () {
      const handler = handlerNode(version);
      if ("problem" in handler) {
        process.stderr.write(`    NOT TESTED with Node ${version}: ${handler.problem}\n`);
        this.skip();
      }
      for (const task of taskNames()) {
        const work = mkdtempSync(path.join(os.tmpdir(), "handler-"));
        try {
          const bundle = path.join(unzipped, "tasks", task, "index.js");
          const env = { PATH: process.env["PATH"], SystemRoot: process.env["SystemRoot"], AGENT_TEMPDIRECTORY: work };
          const run: SpawnSyncReturns<string> = spawnSync(handler.node, [bundle], { cwd: work, env, encoding: "utf8", timeout: 60_000 });
          assert.match(run.stdout, /^##vso\[task\.complete result=Failed;\]/m, run.stderr);
          assert.doesNotMatch(run.stdout + run.stderr, /SyntaxError|ReferenceError|TypeError|ERR_/);
          assert.equal(run.signal, null);
        } finally {
          rmSync(work, { recursive: true, force: true });
        }
      }
    });
  }

  it("is declared for exactly those Node lines, with a target that is in the package", () => {
    for (const task of taskNames()) {
      const folder = path.join(unzipped, "tasks", task);
      const manifest = JSON.parse(readFileSync(path.join(folder, "task.json"), "utf8")) as { execution: Record<string, { target: string }> };
      assert.deepEqual(Object.keys(manifest.execution).sort(), ["Node20_1", "Node24"], task);
      for (const { target } of Object.values(manifest.execution)) assert.ok(existsSync(path.join(folder, target)), `${target} among ${String(readdirSync(folder))}`);
    }
  });
});
