import assert from 'node:assert/strict';
import path from 'node:path';
import MarkdownIt from 'markdown-it';
import { parseCommand } from '../../sandbox/agent/commands';
import { startSandbox } from '../../sandbox/sandbox';
import { inParallel } from '../support/inParallel';
import { newWorkFolder, removeWorkFolders, runPackaged, type PackagedRun } from '../support/packagedTask';
import { foreignCommand, OUTPUTS } from './allowedCommands';
import { COMMAND, HOSTILE_ASSERTION, HOSTILE_FOLDER, INJECTION_SCENARIOS, type InjectionScenario } from './injectionScenarios';

interface Played {
  readonly scenario: InjectionScenario;
  readonly run: PackagedRun;
  readonly tokens: readonly string[];
  readonly requests: number;
}

/** The headlines that the task writes itself. */
const SECTIONS = new Set(['Audit log of the organization "fabrikam"', 'The export was refused: looking for the cause', 'What is wrong', 'What was seen'].map((title) => `##[section]${title}`));
/** For a quick look: SCENARIOS=claims npx mocha test/acceptance/injection.test.ts plays only those with that word in their name. */
const SCENARIOS = INJECTION_SCENARIOS.filter(({ name }) => name.includes(process.env['SCENARIOS'] ?? ''));
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u200b-\u200f\u202a-\u202e]/;

describe('text of strangers', function () {
  this.timeout(240_000);
  let played: Played[] = [];

  before(async () => { played = await inParallel(SCENARIOS, 3, play); });
  after(removeWorkFolders);

  for (const [index, scenario] of SCENARIOS.entries()) {
    it(`gives the agent no command ${scenario.name}`, () => {
      const one = played[index]!;
      assertEnding(one);
      assertOwnCommands(one);
      assertOwnLines(one);
    });
  }

  it('is asked for nothing when inputs are refused', () => {
    const refused = played.filter(({ scenario }) => scenario.code === 'INPUTS_INVALID');
    assert.deepEqual(refused.map(({ requests }) => requests), refused.map(() => 0));
  });

  it('reaches the summary as plain text', () => {
    const summaries = played.flatMap(({ run }) => run.summaries.map(({ content }) => content?.toString('utf8') ?? ''));
    assert.equal(summaries.length, SCENARIOS.filter(({ code }) => code === undefined).length);
    for (const summary of summaries) assertInert(summary);
    if (SCENARIOS.includes(INJECTION_SCENARIOS[0]!)) assert.match(summaries[0] ?? '', /HYPERLINK[\s\S]*attacker\.example/);
  });

  it('would be noticed', () => {
    const facts = { secrets: [], artifactName: 'audit-log', outputDirectory: '/work', temporaryDirectory: '/temp' };
    const lines = [COMMAND, `x ${COMMAND}`, '##vso[task.complete result=Succeeded;extra=1]done', '##vso[task.setsecret]x', '##vso[artifact.upload containerfolder=a;artifactname=a]/etc'];
    for (const line of lines) assert.ok(foreignCommand({ ...parseCommand(line)!, line, allowed: true }, facts), line);
    assert.throws(() => assertInert('[link](https://attacker.example)'));
    assert.throws(() => assertInert('<img src=x>'));
  });
});

async function play(scenario: InjectionScenario): Promise<Played> {
  await using sandbox = await startSandbox({ entriesPerDay: 400, ...scenario.sandbox });
  const job = scenario.job?.(sandbox.job) ?? sandbox.job;
  // Not the default: the run's id, which is hostile too, would be part of it.
  const workDirectory = await newWorkFolder();
  const run = await runPackaged({ job, network: sandbox.network }, { ...scenario.inputs }, { debug: true, workDirectory, artifactStorage: path.join(workDirectory, 'published', 'run'), ...scenario.options });
  return { scenario, run, tokens: [...sandbox.tokens], requests: sandbox.requests.length };
}

function assertEnding({ scenario, run }: Played): void {
  if (scenario.code === undefined) assert.equal(run.result, 'Succeeded', run.maskedLog);
  else {
    assert.equal(run.result, 'Failed', run.maskedLog);
    assert.match(run.message ?? '', new RegExp(`\\[${scenario.code}\\]$`), run.maskedLog);
  }
}

function assertOwnCommands({ scenario, run, tokens }: Played): void {
  const staging = run.environment['BUILD_ARTIFACTSTAGINGDIRECTORY'] ?? '';
  const facts = {
    // What a hostile answer passes off as an assertion is hidden like one.
    secrets: [...tokens, HOSTILE_ASSERTION],
    artifactName: scenario.inputs?.['artifactName'] ?? 'audit-log',
    outputDirectory: path.join(staging, scenario.inputs?.['outputDirectory'] === undefined ? 'audit-log' : HOSTILE_FOLDER),
    temporaryDirectory: run.environment['AGENT_TEMPDIRECTORY'] ?? '',
  };
  assert.deepEqual(run.commands.flatMap((command) => foreignCommand(command, facts) ?? []), []);
  assert.ok(run.commands.every(({ allowed }) => allowed), 'nothing was tried that the task may not do');
  assert.equal(run.commands.filter(({ event }) => event === 'complete').length, 1);
  assert.deepEqual(Object.keys(run.outputVariables).filter((name) => !(name in OUTPUTS)), []);
  assert.deepEqual(run.artifacts.map(({ name }) => name), scenario.code === undefined ? [facts.artifactName] : []);
}

/** Lines without a command are shown as they are: no stranger may colour them, fold them or break them. */
function assertOwnLines({ run }: Played): void {
  assert.doesNotMatch(run.maskedLog, /contains logging command keyword|Unable to process command|Cannot find command extension/);
  const plain = run.rawOutput.split('\n').filter((line) => parseCommand(line) === undefined);
  const foreign = plain.filter((line) => (!SECTIONS.has(line) && /##\s*(\[|vso)/.test(line)) || CONTROL.test(line));
  assert.deepEqual(foreign, []);
}

/** Nothing in a rendered Markdown may be active: no link, no picture, no HTML. */
function assertInert(markdown: string): void {
  const harmless = /^(paragraph|table|thead|tbody|tr|th|td|strong|em|heading|bullet_list|list_item)_(open|close)$|^(inline|text|text_special|softbreak|code_inline)$/;
  const renderer = new MarkdownIt({ html: true, linkify: true });
  const tokens = renderer.parse(markdown, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  assert.deepEqual(tokens.filter(({ type }) => !harmless.test(type)).map(({ type, content }) => `${type} ${content}`), []);
  assert.doesNotMatch(markdown, /[\u0000-\u0009\u000b-\u001f\u2028\u2029\u202a-\u202e]/);
}
