// The walls of the house, as an ESLint rule: which room may use which other room, and which room may use which package.
import path from "node:path";

/** The rooms of tasks/common, top to bottom. A room uses only itself and rooms below it. */
export const rooms = ["report", "evidence", "access", "export", "auditlog", "step", "window", "identity", "http", "agent", "files", "time", "errors"];

/** Rooms that are apart although one is above the other: http takes plain proxy and CA values, and evidence does not depend on what was allowed. */
const apart = [["http", "agent"], ["evidence", "access"]];

/** Packages that only one room may use. */
const owners = [
  { room: "agent", packages: /^azure-pipelines-task-lib(\/|$)/ },
  { room: "http", packages: /^undici(\/|$)/ },
  { room: "identity", packages: /^@azure\// },
  { room: "window", packages: /^temporal-polyfill(\/|$)/ },
  { room: "evidence", packages: /^(valibot|canonicalize)(\/|$)/ },
];

/** What the pages in the browser may use of tasks/: files that need nothing of Node and import only each other. */
const forBrowsers = [
  ...["actorTable", "chunkColumns", "mechanism", "notableRules", "readReportData", "reading", "reportActor", "reportData"].map((name) => `tasks/common/report/${name}`),
  "tasks/common/auditlog/ownFootprint", "tasks/common/evidence/gapReasons", "tasks/common/export/csvCell", "tasks/common/time/ticks",
];

/**
 * Where a file stands: the first folder of the repository, below tasks/ the task, below tasks/common the room.
 * @param {string} relative path of a file or module, relative to the repository's root, with `/`
 */
function placeOf(relative) {
  const [area = "", second = "", third = ""] = relative.split("/");
  const inTasks = area === "tasks";
  return { area, task: inTasks && second !== "common" ? second : "", room: inTasks && second === "common" ? third : "" };
}

/**
 * Why a file may not import a module, or undefined when it may.
 * @param {string} importer path of the importing file, relative to the repository's root, with `/`
 * @param {string} specifier what stands after `from`
 * @returns {string | undefined}
 */
export function importProblem(importer, specifier) {
  const from = placeOf(importer);
  const isForBrowsers = forBrowsers.includes(importer.replace(/\.ts$/, ""));
  if (!specifier.startsWith(".")) return isForBrowsers ? "Pages in the browser use this file: it imports no package." : outsideProblem(from, specifier);
  const target = path.posix.join(path.posix.dirname(importer), specifier);
  const to = placeOf(target);
  if (isForBrowsers && !forBrowsers.includes(target)) return "Pages in the browser use this file: it imports only files that they may use too.";
  if (from.area === "page" || from.area === "tab") return browserProblem(from.area, target);
  if (from.area === "sandbox") return to.area === "tasks" ? "The sandbox imports nothing from tasks/: it stands for somebody else's service." : undefined;
  if (from.area !== "tasks") return undefined;
  if (to.area !== "tasks") return `Tasks import nothing from ${to.area}/.`;
  return roomProblem(from, to);
}

/** @type {(from: ReturnType<typeof placeOf>, specifier: string) => string | undefined} */
function outsideProblem(from, specifier) {
  if (from.area === "page") return "The page is one file without packages.";
  return from.area === "tasks" ? packageProblem(from.room, specifier) : undefined;
}

/** @type {(area: "page" | "tab", target: string) => string | undefined} */
function browserProblem(area, target) {
  const to = placeOf(target).area;
  if (to === area || (area === "tab" && to === "page") || forBrowsers.includes(target)) return undefined;
  return to === "tasks" ? "Pages in the browser use only the files of tasks/ that need nothing of Node." : `${area}/ imports nothing from ${to}/.`;
}

/** @type {(room: string, specifier: string) => string | undefined} */
function packageProblem(room, specifier) {
  const owner = owners.find(({ packages }) => packages.test(specifier));
  return owner && owner.room !== room ? `Only ${owner.room}/ imports ${specifier}.` : undefined;
}

/** @type {(from: ReturnType<typeof placeOf>, to: ReturnType<typeof placeOf>) => string | undefined} */
function roomProblem(from, to) {
  if (!from.room) return to.task && to.task !== from.task ? `The task ${from.task} imports nothing from the task ${to.task}.` : undefined;
  if (!to.room) return `A room imports nothing from a task: ${from.room}/ serves them all.`;
  const [rank, otherRank] = [rooms.indexOf(from.room), rooms.indexOf(to.room)];
  if (rank < 0) return `${from.room}/ is not among the rooms of scripts/importRules.mjs.`;
  if (otherRank < rank) return `${from.room}/ uses only rooms below it, and ${to.room}/ is not below it.`;
  const divided = apart.some(([upper, lower]) => upper === from.room && lower === to.room);
  return divided ? `${from.room}/ knows nothing of ${to.room}/.` : undefined;
}

/** The rule itself: reports every static or dynamic import, and every re-export, that {@link importProblem} objects to.
 * @type {import("eslint").Rule.RuleModule} */
export const importRule = {
  meta: { type: "problem", schema: [] },
  create(context) {
    const importer = path.relative(context.cwd, context.filename).split(path.sep).join("/");
    /** @type {(node: any) => void} */
    const check = (node) => {
      const specifier = node.source?.value;
      const message = typeof specifier === "string" ? importProblem(importer, specifier) : undefined;
      if (message) context.report({ node: node.source, message });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check, ImportExpression: check, TSImportType: check };
  },
};
