// Ways to break the product, one at a time, each with the tests that must notice. `npm run mutants` tries them all.

/**
 * @typedef {object} Mutant
 * @property {string} name what is broken
 * @property {string} file
 * @property {string} from stands exactly once in the file
 * @property {string} to takes its place
 * @property {string[]} tests files; at least one test in them must fail
 * @property {boolean} [packaged] the tests start the packaged task, so it is packaged anew
 * @property {Record<string, string>} [environment] for the tests
 */

const common = "tasks/common";
const unit = "test/unit";
const continuation = { file: `${common}/auditlog/continuation.ts`, tests: [`${unit}/auditlog/continuation.test.ts`] };
const reading = { file: `${common}/auditlog/chain.ts`, tests: [`${unit}/auditlog/readEntries.test.ts`] };
const slices = { tests: [`${unit}/auditlog/readSlices.test.ts`] };
const order = { file: `${common}/auditlog/order.ts`, tests: [`${unit}/auditlog/order.test.ts`] };
const pages = { file: `${common}/auditlog/pageReader.ts`, tests: [`${unit}/auditlog/pageReader.test.ts`] };
const disarming = { file: `${common}/errors/disarm.ts`, tests: [`${unit}/errors/disarm.test.ts`] };
const adapter = { file: `${common}/agent/azurePipelines.ts`, tests: [`${unit}/agent/azurePipelines.test.ts`] };
const credentials = { file: `${common}/http/credential.ts`, tests: [`${unit}/http/credential.test.ts`] };
const throttled = [`${unit}/http/throttledRun.test.ts`];
const budget = { file: `${common}/http/hostBudget.ts`, tests: [`${unit}/http/hostBudget.test.ts`] };
const waits = { file: `${common}/http/waits.ts`, tests: ["test/http/retries.test.ts"] };
const chainHead = { file: `${common}/evidence/chainHead.ts`, tests: [`${unit}/evidence/chainReading.test.ts`] };
const chainReading = { file: `${common}/evidence/chainReading.ts`, tests: [`${unit}/evidence/chainReading.test.ts`] };
const chainPlan = { file: `${common}/evidence/chainPlan.ts`, tests: [`${unit}/evidence/chainPlan.test.ts`] };
const late = { file: `${common}/auditlog/lateArrivals.ts`, tests: [`${unit}/auditlog/lateArrivals.test.ts`] };
const sealing = { file: `${common}/evidence/sealFolder.ts`, tests: [`${unit}/evidence/sealFolder.test.ts`] };
const manifestText = { file: `${common}/evidence/manifestText.ts`, tests: [`${unit}/evidence/manifestText.test.ts`] };
const retries = { file: `${common}/http/http.ts`, tests: ["test/http/retries.test.ts"] };
const attempt = { file: `${common}/http/attempt.ts` };
const project = { file: `${common}/identity/project.ts`, tests: [`${unit}/identity/project.test.ts`] };
const folder = { file: `${common}/files/exportFolder.ts`, tests: [`${unit}/files/exportFolder.test.ts`] };
const writing = { tests: [`${unit}/export/writeEntries.test.ts`] };
const csvCells = { file: "assembly/csvCells.ts", tests: [`${unit}/export/csv.test.ts`] };
const entryScan = { file: "assembly/entryScan.ts", tests: [`${unit}/auditlog/quickScanner.test.ts`] };
const summary = { file: `${common}/report/markdown.ts`, tests: [`${unit}/report/summary.test.ts`] };
const signals = { tests: ["test/acceptance/signals.test.ts"], packaged: true, environment: { SIGNAL_MOMENTS: "18", SIGNAL_SEED: "3" } };
const tabSecurity = { tests: ["test/tab/security.test.ts"], packaged: true };
const tabStates = { tests: ["test/tab/states.test.ts"], packaged: true };
const tabReport = { tests: ["test/tab/report.test.ts"], packaged: true };
/** @type {(scenarios: string) => Pick<Mutant, "tests" | "packaged" | "environment">} */
const secrets = (scenarios) => ({ tests: ["test/acceptance/secrets.test.ts"], packaged: true, environment: { SCENARIOS: scenarios } });
/** @type {(scenarios: string) => Pick<Mutant, "tests" | "packaged" | "environment">} */
const injection = (scenarios) => ({ tests: ["test/acceptance/injection.test.ts"], packaged: true, environment: { SCENARIOS: scenarios } });

/** @type {Mutant[]} */
export const mutants = [
  { ...continuation, name: "a page's own token is followed again", from: "token === this.#previous || ", to: "" },
  { ...continuation, name: "a cycle of tokens is followed", from: " || token === this.#kept", to: "" },
  { ...continuation, name: "a missing token ends the export in silence", from: "if (token === undefined) throw", to: "if (token === undefined) return undefined;\n    if (token === '') throw" },
  { ...continuation, name: "empty pages are read for ever", from: "this.#emptyPages > MOST_EMPTY_PAGES", to: "false" },
  { ...continuation, name: "the token ends the export, not hasMore", from: "if (!page.hasMore) return undefined;", to: "if (page.continuationToken === undefined) return undefined;" },

  { ...reading, name: "the window's start is left out", from: "ticks >= this.#first", to: "ticks > this.#first" },
  { ...reading, name: "older entries than the window's come along", from: "ticks >= this.#first && ", to: "" },
  { ...reading, name: "the window's end is let in", from: "ticks < this.#beyond", to: "ticks <= this.#beyond" },
  { ...reading, name: "younger entries than the window's come along", from: " && ticks < this.#beyond", to: "" },
  { ...reading, name: "the last entries are forgotten", from: "chain.rest()", to: "[]", file: `${common}/auditlog/readEntries.ts` },

  { ...slices, file: `${common}/auditlog/chain.ts`, name: "a chain that was cut stops a page early", from: "if (boundary !== undefined && boundary < this.#floor) return true;", to: "if (page.entries.some(({ ticks }) => ticks < this.#floor)) return true;" },
  { file: `${common}/auditlog/chain.ts`, tests: [`${unit}/auditlog/chain.test.ts`], name: "a token is believed although its page is out of order", from: " && isInOrder(page.entries, this.#oldest)", to: "" },
  { ...slices, file: `${common}/auditlog/chain.ts`, name: "a chain hands on what lies beyond its cut", from: "entries.filter(({ ticks }) => ticks >= this.#floor)", to: "entries" },
  { ...slices, file: `${common}/auditlog/chain.ts`, name: "what was certain comes again after a token was refused", from: "this.#beyond = boundary;", to: "" },
  { ...slices, file: `${common}/auditlog/chain.ts`, name: "a refused token is begun with again and again", from: " || this.#restarts >= MOST_RESTARTS", to: "" },
  { ...slices, file: `${common}/auditlog/readSlices.ts`, name: "what comes early is not held back", from: "const [front] = this.#slices;", to: "const front = this.#slices.find(({ held }) => held.length > 0) ?? this.#slices[0];" },
  { ...slices, file: `${common}/auditlog/readSlices.ts`, name: "a slice is done with before its last page is held", from: "front.isRead && !front.isReading", to: "front.isRead" },
  { ...slices, file: `${common}/auditlog/readSlices.ts`, name: "requests are started after a halt", from: "!this.#failure && !this.#halt.signal.aborted && ", to: "" },
  { ...slices, file: `${common}/auditlog/readSlices.ts`, name: "a failure leaves the other requests running", from: "this.#failure ??= { thrown };\n    this.#halt.abort(thrown);", to: "this.#failure ??= { thrown };" },
  { ...slices, file: `${common}/auditlog/readSlices.ts`, name: "a listener stays on the run's signal", from: "this.#outer.removeEventListener('abort', this.#onOuterAbort);", to: "" },
  { ...slices, file: `${common}/auditlog/readSlices.ts`, name: "who is slow is read ahead of as if not", from: "this.#waiting.share < LITTLE_WAITING", to: "this.#waiting.share < -1" },
  { ...slices, file: `${common}/auditlog/readSlices.ts`, name: "little is held back, and much asked for twice", from: "const MOST_HELD_BYTES = 96", to: "const MOST_HELD_BYTES = 32" },
  { ...slices, file: `${common}/auditlog/readSlices.ts`, name: "merged entries are read in slices", from: " || !query.skipAggregation", to: "" },
  { ...slices, file: `${common}/auditlog/slicePlan.ts`, name: "short exports are cut", from: "const SHORTEST_CUT = 20;", to: "const SHORTEST_CUT = 2;" },
  { ...slices, file: `${common}/auditlog/slicePlan.ts`, name: "nothing bounds what is held back", from: "return heldBytes + limits.concurrency * budget.pageBytes <= allowed;", to: "return heldBytes + limits.concurrency * budget.pageBytes <= allowed || true;" },
  { ...slices, file: `${common}/auditlog/slicePlan.ts`, name: "slices are not cut again", from: "if (!longest) return undefined;", to: "if (!longest?.isWhole) return undefined;" },
  { file: `${common}/auditlog/heldEntries.ts`, tests: [`${unit}/auditlog/heldEntries.test.ts`], name: "held entries lose their original bytes", from: "const original = originalLength === NONE ? undefined : held.subarray(originalAt, at);", to: "const original = undefined;" },
  { file: `${common}/files/freeSpace.ts`, tests: [`${unit}/files/spillFile.test.ts`], name: "a place in the spill file is given twice", from: "return { at: found.at, length };", to: "return { at: 0, length };" },
  { file: `${common}/files/spillFile.ts`, tests: [`${unit}/files/spillFile.test.ts`], name: "everybody may read what is held back", from: "0o600", to: "0o644" },
  { file: `${common}/identity/accessToken.ts`, tests: [`${unit}/identity/accessToken.test.ts`], name: "everybody waits while a token is renewed early", from: "leftMs <= (current.token === shortLived ? RENEWAL_MARGIN_MS : LEAST_LEFT_MS)", to: "leftMs <= RENEWAL_MARGIN_MS" },

  { ...order, name: "neighbouring duplicates stay", from: "sorted[index - 1]?.id !== entry.id", to: "true" },
  { ...order, name: "late duplicates stay", from: "this.duplicates += 1;\n    return false;", to: "this.duplicates += 1;\n    return true;" },
  { ...order, name: "entries far out of order pass", from: "throw tooLate();", to: "return true;" },
  { ...order, name: "an instant is torn apart between two pages", from: "cut > 0 && sorted[cut - 1]?.ticks === open", to: "false" },
  { ...order, file: `${common}/auditlog/entry.ts`, name: "oldest entries come first", from: "left.ticks > right.ticks ? -1 : 1", to: "left.ticks > right.ticks ? 1 : -1" },
  { ...order, file: `${common}/auditlog/entry.ts`, name: "entries of one instant are in any order", from: "return left.id < right.id ? -1 : 1;", to: "return 0;" },

  { ...disarming, name: "the agent's commands stay armed", from: ".replace(AGENT_COMMAND, '**')", to: "" },
  { ...disarming, name: "the agent's formats stay armed", from: "(?:vso|\\[)", to: "vso" },
  { ...disarming, name: "control characters pass", from: ".replace(CONTROL_CHARACTERS, ' ')", to: "" },
  { ...disarming, name: "invisible characters part a command, and are taken out too late", from: ".replace(DIRECTION_AND_INVISIBLE, '').replace(AGENT_COMMAND, '**')", to: ".replace(AGENT_COMMAND, '**').replace(DIRECTION_AND_INVISIBLE, '')" },
  { ...adapter, name: "a line of the log is not disarmed", from: "info: (text) => { print(disarmLine(text)); }", to: "info: (text) => { print(text); }" },
  { ...injection("of the job"), file: `${common}/agent/azurePipelines.ts`, name: "the sentence of a failure is not disarmed", from: "tl.setResult(tl.TaskResult.Failed, disarmLine(`${failure.message} [${failure.code}]`));", to: "print(`${failure.message} [${failure.code}]`); tl.setResult(tl.TaskResult.Failed, failure.message);" },
  { ...summary, name: "HTML reaches the summary", from: ".replace(/</g, '&lt;')", to: "" },
  { ...summary, name: "Markdown reaches the summary", from: ".replace(/[\\\\`*_{}[\\]()#|!~]/g, '\\\\$&')", to: "" },
  { ...csvCells, name: "a delimiter stands without quotation marks", from: "if (!v128.any_true(delimiters)) return", to: "if (true) return" },
  { ...csvCells, name: "an escaped quotation mark is not doubled", from: "        store<u8>(at, QUOTE);\n        at += 1;\n      } else if", to: "      } else if" },
  { ...csvCells, name: "missing digits of a second are taken from what follows", from: "point + 1 + digit < end ? load<u8>(point + 1 + digit) : ZERO", to: "load<u8>(point + 1 + digit)" },
  { ...csvCells, name: "a formula passes the quick way", from: " && byte != EQUALS && byte != PLUS && byte != MINUS && byte != AT", to: "" },
  { ...csvCells, name: "what lies behind a text is taken for a part of it", from: "const valid = firstBytes(to - part);", to: "const valid = firstBytes(STEP);" },
  { file: `${common}/auditlog/pageReader.ts`, tests: [`${unit}/auditlog/pageReader.test.ts`], name: "memory is not told of pages", from: "        this.#memory.pageRead();\n", to: "" },
  { file: `${common}/auditlog/pageMemory.ts`, tests: [`${unit}/auditlog/pageMemory.test.ts`], name: "what a collection has not let go of yet is taken for alive", from: "    this.#least = Math.min(this.#least, bytes);\n", to: "" },
  { file: `${common}/auditlog/heldBack.ts`, tests: [`${unit}/auditlog/heldEntries.test.ts`], name: "nobody waits for the disk", from: "while (this.#unwrittenBytes > MOST_UNWRITTEN)", to: "while (this.#unwrittenBytes < 0)" },
  { file: `${common}/auditlog/heldBack.ts`, tests: [`${unit}/auditlog/heldEntries.test.ts`], name: "a disk that fails is not told of", from: "extent.then(() => undefined, this.#options.onFailure)", to: "extent.then(() => undefined, () => undefined)" },
  { ...entryScan, name: "a control character is taken for a part of a text", from: "special = i8x16.bitmask(v128.or(v128.or(equalTo(bytes, QUOTE), equalTo(bytes, BACKSLASH)), i8x16.lt_u(bytes, i8x16.splat(<i8>SPACE))));", to: "special = i8x16.bitmask(v128.or(equalTo(bytes, QUOTE), equalTo(bytes, BACKSLASH)));" },
  { ...entryScan, name: "names of one length are taken for one another", from: "return !v128.any_true(v128.or(first, second));", to: "return true;" },
  { ...entryScan, name: "a text that is cut is not read on", from: "    at = afterPlain(at);\n    if (at >= end) return CUT;", to: "    at = afterPlain(at);\n    if (at >= end) return INVALID;" },
  { file: `${common}/report/entryActors.ts`, tests: [`${unit}/report/entryActors.test.ts`], name: "an actor is known by one field", from: "index < FIELDS.length; index += 1) {\n    const field", to: "index < 1; index += 1) {\n    const field" },
  { file: `${common}/report/entryActors.ts`, tests: [`${unit}/report/entryActors.test.ts`], name: "services that call one another are people", from: "known.isFromService === isFromService && ", to: "" },
  { file: `${common}/report/entryMechanisms.ts`, tests: [`${unit}/report/entryActors.test.ts`], name: "an escaped mechanism is cut amid its escape", from: " || raw[at] === BACKSLASH", to: "" },
  { file: `${common}/auditlog/idTrace.ts`, tests: [`${unit}/auditlog/idTrace.test.ts`, `${unit}/report/reportCollector.test.ts`], name: "our connection is not known behind an escape", from: "this.#parts.length > 0 && json.includes(ESCAPE)", to: "false" },
  { file: `${common}/auditlog/idTrace.ts`, tests: [`${unit}/auditlog/idTrace.test.ts`], name: "our connection is not known in capitals", from: "ids.map(withoutLetters)", to: "ids" },
  { file: `${common}/report/notable.ts`, tests: [`${unit}/report/notable.test.ts`], name: "a rule looks at what its namespace stands in only by name", from: " || AUDIT_LOG_NAMESPACE_TRACE.mayBeIn(raw)", to: "" },
  { file: `${common}/export/contentFile.ts`, tests: [`${unit}/export/writeEntries.test.ts`], name: "a compressed file cannot be cut where it says", from: ", flush: constants.Z_SYNC_FLUSH", to: "" },
  { file: `${common}/export/pumpedTransform.ts`, tests: [`${unit}/export/writeEntries.test.ts`], name: "what waits for the disk is not counted", from: "this.#readBytes + this.#transform.readableLength", to: "this.#readBytes" },
  { file: `${common}/export/jsonLines.ts`, tests: [`${unit}/export/writeEntries.test.ts`], name: "a line that ends with its piece is left out of it", from: "> (this.#whole.length + 1)", to: ">= (this.#whole.length + 1)" },
  { file: `${common}/export/csvCell.ts`, tests: [`${unit}/export/csvCell.test.ts`], name: "formulas stay armed", from: "FORMULA.test(readable)", to: "false" },

  { file: `${common}/identity/assertion.ts`, tests: [`${unit}/identity/accessToken.test.ts`], name: "the assertion is not made known as a secret", from: "agent.registerSecret(assertion);", to: "" },
  { file: `${common}/identity/accessToken.ts`, tests: [`${unit}/identity/accessToken.test.ts`], name: "the access token is not made known as a secret", from: "agent.registerSecret(accessToken.token);", to: "" },
  { file: `${common}/identity/jobContext.ts`, tests: [`${unit}/identity/serviceConnection.test.ts`], name: "the job token is not made known as a secret", from: "if (token !== undefined) agent.registerSecret(token);", to: "" },
  { ...secrets("an Azure DevOps connection"), file: `${common}/agent/azurePipelines.ts`, name: "the task library echoes what it reads", from: "tl.setStdStream(SILENCE);", to: "" },
  { ...adapter, file: `${common}/errors/taskError.ts`, name: "the text of an unknown fault is shown", from: "thrown instanceof Error ? thrown.name : typeof thrown", to: "thrown instanceof Error ? thrown.message : typeof thrown" },
  { ...retries, ...attempt, name: "an activity id may be anything", from: "activityId !== undefined && GUID.test(activityId)", to: "activityId !== undefined" },

  { ...credentials, name: "tokens go to any host", from: " && credential.hosts.includes(url.hostname)", to: "" },
  { ...credentials, name: "tokens go without TLS", from: "url.protocol === 'https:' && ", to: "" },
  { ...credentials, name: "the job token goes wherever a variable says", from: " || !isAzureDevOps", to: "" },
  { ...retries, name: "nobody asks whether a token may go", from: "if (credential) assertMayGo(credential, url);", to: "" },

  { ...pages, name: "a sign-in page is taken for data", from: "return response.status === 200 && looksLikeJson(response.body) && endsLikeJson(response.body);", to: "return response.status === 200;" },
  { ...pages, name: "the body of a redirect is taken for data", from: "return response.status === 200 && looksLikeJson(response.body) &&", to: "return looksLikeJson(response.body) &&" },
  { ...pages, name: "a token that has ended is not renewed", from: "this.#parts.tokens.forget(token);", to: "" },
  { ...pages, name: "a first 401 is taken for the end of a token", from: "SIGN_IN_STATUSES.has(response.status) && this.#hasSucceeded", to: "SIGN_IN_STATUSES.has(response.status)" },
  { ...retries, name: "Retry-After on a 200 is passed over", from: "isLast(tries)) return { outcome: { response }, haltMs: askedMs };", to: "isLast(tries)) return { outcome: { response }, haltMs: undefined };" },
  { ...waits, name: "a wait of hours is waited for", from: "if (ms <= LONGEST_WAIT_MS) return;", to: "return;" },
  { ...waits, name: "what waits at the same time counts twice", from: "if (this.#waiting === 0) this.#spentMs += this.#sinceMs();", to: "this.#spentMs += this.#sinceMs();" },
  { ...budget, name: "a halt is for the one who was asked alone", from: "if (pauseMs > 0) this.#parts.haltHost(pauseMs);", to: "if (pauseMs > 0) void pauseMs;" },
  { ...budget, file: `${common}/http/budgets.ts`, tests: ["test/http/retries.test.ts"], name: "a halt is for one identity alone", from: "for (const budget of this.#hosts.get(host)?.values() ?? []) budget.halt(ms);", to: "for (const budget of [...(this.#hosts.get(host)?.values() ?? [])].slice(0, 1)) budget.halt(ms);" },
  { ...budget, name: "all that wait start at once after a halt", from: "    this.#ceiling = 1;\n    if (until", to: "    if (until" },
  { ...budget, name: "what remains of the limit is passed over", tests: throttled, from: "    if (isReading(rate)) {", to: "    if (isReading(rate) && rate.limit < 0) {" },
  { ...budget, name: "those who wait too long for a halt are not told", from: "if (ms > LONGEST_WAIT_MS) for", to: "if (ms > Infinity) for" },
  { ...budget, file: `${common}/http/rateMeter.ts`, name: "requests on their way are not counted against what remains", from: "return this.#remaining - inFlight * this.cost;", to: "return this.#remaining;" },
  { ...budget, file: `${common}/http/rateMeter.ts`, tests: throttled, name: "all usage is taken for draining away evenly", from: "this.#isEven = Math.abs", to: "this.#isEven = true || Math.abs" },
  { ...attempt, tests: ["test/http/limits.test.ts"], name: "a request as a whole has no time-out", from: "startDeadline(request.wholeTimeoutMs,", to: "startDeadline(2 ** 31 - 1," },
  { ...attempt, tests: ["test/http/limits.test.ts"], name: "a body may be of any size", from: "if (length > request.maximumBytes)", to: "if (length > Infinity)" },

  { ...project, name: "a public project is let pass", from: "if (visibility === 'private') return;", to: "if (visibility !== undefined) return;" },
  { ...secrets("as its visibility"), file: "tasks/ExportAuditLog/run.ts", name: "nobody asks whether the project is public", from: "if (!request.allowPublicProject) await refusePublicProject(http, job, deadline.signal);", to: "void refusePublicProject;" },

  { ...folder, name: "files are written under the final name", from: "path.join(parent, `${PARTIAL}${process.pid}-${name}`)", to: "path.join(parent, name)" },
  { ...signals, file: folder.file, name: "files are written under the final name, and the run is killed", from: "path.join(parent, `${PARTIAL}${process.pid}-${name}`)", to: "path.join(parent, name)" },
  { ...folder, name: "partial folders of dead runs stay", from: "name.startsWith(PARTIAL) && await isStale(path.join(parent, name), nowMs)", to: "false" },
  { ...folder, name: "partial folders of living runs are swept", from: "if (processId === process.pid || !isAlive(processId)) return true;", to: "return true;" },
  { ...folder, name: "a discarded folder stays", from: "discard: () => rm(partial, { recursive: true, force: true, maxRetries: 3 })", to: "discard: () => Promise.resolve()" },
  { ...signals, file: "tasks/ExportAuditLog/exportWindow.ts", name: "a canceled run leaves its partial folder", from: "await folder.discard();", to: "" },
  { ...signals, file: `${common}/step/main.ts`, name: "signals are not heeded", from: "['SIGINT', 'SIGTERM', 'SIGBREAK'] as const", to: "[] as NodeJS.Signals[]" },
  { ...writing, file: `${common}/export/contentFile.ts`, name: "gzip is not brought to its end", from: "await this.#gzip?.end();", to: "" },
  { ...writing, file: `${common}/export/contentFile.ts`, name: "what was gathered last is not written", from: "await this.#passOn();\n    await this.#passed;\n    await this.#gzip", to: "await this.#passed;\n    await this.#gzip" },
  { file: `${common}/export/contentFile.ts`, tests: [`${unit}/export/contentFile.test.ts`], name: "a buffer is used again before it has been written", from: "this.#passing.push(this.#passed);", to: "this.#passing.push(this.#passed);\n    this.#free.push(buffer);" },
  { ...adapter, name: "a fault that nobody caught leaves the process running", from: "completeFailed(asTaskError(thrown));\n    process.stdout.write('', () => process.exit(0));", to: "completeFailed(asTaskError(thrown));" },

  { ...chainHead, name: "a manifest without its artifact is continued", from: "if (artifact === undefined) {", to: "if (artifact === undefined && run === '') {" },
  { ...chainHead, name: "a manifest of another run is believed", from: "if (manifest.run.id !== run) return", to: "if (manifest.run.id === '') return" },
  { ...chainHead, name: "a manifest of the future is believed", from: "> nowSeconds * 1000) return", to: "> Infinity) return" },
  { ...chainHead, name: "a chain of another branch is continued", from: " && chain.branch === identity.branch", to: "" },
  { ...chainHead, name: "what the artifact holds is not looked at", from: "held[index] === 'yes'", to: "index === 0" },
  { ...chainReading, name: "deleted runs of the chain are not missed", from: "alive.has(run.run) && (older", to: "alive.has(run.run) && run.run === '' && (older" },
  { ...chainReading, name: "an earlier list of runs is enough", from: "if (await list.has(run)) alive.add(run);", to: "if (run !== '') alive.add(run);" },
  { ...chainPlan, name: "what expired is not named", from: "newlyLost.push({ start: lostSince(window.covered.end),", to: "void ({ start: lostSince(window.covered.end)," },
  { ...chainPlan, name: "continueFrom restarts in every run", from: "head?.manifest.chain.origin.continueFrom === continueFromText(continueFrom)", to: "false" },
  { ...late, name: "entries that the chain holds come again", from: "if (this.#options.known?.has(hash) === true) return false;", to: "" },
  { ...late, name: "late entries are dropped", from: "this.late += 1;", to: "return false;" },
  { ...sealing, name: "the manifest is not among the checksums", from: "hashes.set(MANIFEST_FILE, manifestSha256);", to: "hashes.set(MANIFEST_FILE, '0'.repeat(64));" },
  { ...manifestText, name: "a manifest in another form is read", from: "if (!Buffer.from(bytes).equals(manifestBytes(result.output)))", to: "if (bytes.length === 0)" },

  { ...tabSecurity, file: "tab/attachments.ts", name: "the tab looks for attachments of another type", from: "`/attachments/${REPORT_ATTACHMENT}`, signal", to: "`/attachments/${REPORT_ATTACHMENT}s`, signal" },
  { ...tabSecurity, file: "tab/attachments.ts", name: "the tab asks without the user's token", from: "headers: { Authorization: `Bearer ${token}` }, ", to: "" },
  { ...tabSecurity, file: "tab/attachments.ts", name: "the tab sends cookies", from: "credentials: 'omit'", to: "credentials: 'include'" },
  { ...tabSecurity, file: "tab/attachments.ts", name: "the tab sends the token to any address", from: "if (!url || !isOwn)", to: "if (!url || isOwn === undefined)" },
  { ...tabSecurity, file: "page/dom.ts", name: "texts of the data become markup", from: "element.append(child);", to: "typeof child === 'string' ? element.insertAdjacentHTML('beforeend', child) : element.append(child);" },
  { tests: ["test/package/tab.test.ts"], packaged: true, file: "page/dom.ts", name: "texts of the data become markup, in the package", from: "element.append(child);", to: "typeof child === 'string' ? element.insertAdjacentHTML('beforeend', child) : element.append(child);" },
  { tests: ["test/tab/theme.test.ts"], packaged: true, file: "tab/theme.ts", name: "the tab ignores the host's theme", from: "style.setProperty(`--${name}`, value);", to: "style.setProperty(`--x-${name}`, value);" },
  { tests: ["test/package/view.test.ts"], file: "view/entryStream.ts", name: "what was unpacked just before a damage is shown", from: "this.isDamaged ? [] : ", to: "" },
  { tests: ["test/package/view.test.ts"], file: "view/entryStream.ts", name: "entries out of order are no sign of damage", from: " || !this.#isInOrder(entries)", to: "" },
  { tests: ["test/tab/theme.test.ts"], packaged: true, file: "tab/tab.ts", name: "the report of the tab follows the browser's theme", from: "followTheme((theme) => tab.setTheme(theme));", to: "followTheme(() => {});" },
  { ...tabStates, file: "tab/attachments.ts", name: "the tab reads answers of any size", from: "if (bytes > limit) {", to: "if (bytes > Infinity) {" },
  { ...tabStates, file: "tab/attachments.ts", name: "the tab waits for ever", from: "window.setTimeout(abort, REQUEST_TIME_OUT)", to: "window.setTimeout(abort, 1e9)" },
  { ...tabStates, file: "tab/tab.ts", name: "the tab leaves the page's sign of loading", from: "void SDK.notifyLoadSucceeded();", to: "" },
  { ...tabReport, file: "tab/runTab.ts", name: "an answer to an earlier question counts in the tab", from: "    this.#work.abort();\n", to: "" },
  { ...tabReport, file: "tab/runTab.ts", name: "the tab starts again whenever the run is told", from: "if (isSame && this.#rendered)", to: "if (this.#rendered === null)" },
];
