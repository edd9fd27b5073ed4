import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inputDefaults, type InputName, type OutputName } from '../../../tasks/ExportAuditLog/contract';
import { readInputs, type ExportRequest } from '../../../tasks/ExportAuditLog/inputs';
import { FakeAgent } from '../../support/fakeAgent';
import { failureOf } from '../../support/rejection';

const NOW = Date.UTC(2026, 10, 20, 12, 0, 0, 500);
const HOUR = 3_600_000;
const ID = '0d2c1f5e-8d0b-4c63-9d4d-6a2f7f5c9e22';

type Inputs = Partial<Record<InputName, string>>;

describe('the inputs of ExportAuditLog', () => {
  let work: string;
  before(() => { work = mkdtempSync(path.join(tmpdir(), 'inputs-')); });
  after(() => { rmSync(work, { recursive: true, force: true }); });

  /** As the agent hands them over: with the defaults of task.json, and macros expanded. */
  function agentWith(inputs: Inputs, variables: Record<string, string> = {}): FakeAgent<InputName, OutputName> {
    return new FakeAgent<InputName, OutputName>({
      inputs: { ...inputDefaults, outputDirectory: path.join(work, 'staging', 'audit-log'), azureDevOpsServiceConnection: ID, ...inputs },
      variables: { 'System.CollectionUri': 'https://dev.azure.com/fabrikam/', 'System.HostType': 'build', 'System.DefaultWorkingDirectory': work, 'Build.BuildId': '4711', 'System.DefinitionId': '7', 'Build.SourceBranch': 'refs/heads/main', ...variables },
    });
  }
  const read = (inputs: Inputs = {}, variables: Record<string, string> = {}): ExportRequest => readInputs(agentWith(inputs, variables), NOW);
  const problems = (inputs: Inputs, variables: Record<string, string> = {}): readonly string[] => failureOf(() => read(inputs, variables), 'INPUTS_INVALID').advice;

  it('that are left out have the defaults of task.json', () => {
    const expected: ExportRequest = {
      connection: { kind: 'azureDevOps', id: ID }, organization: 'fabrikam', window: { kind: 'sinceLastExport', continueFrom: undefined, overlapMs: 2 * HOUR, failsOnGap: true }, settleMs: HOUR / 2, formats: ['jsonl', 'csv'],
      compressJson: true, csvDelimiter: ',', filter: undefined, outputDirectory: path.join(work, 'staging', 'audit-log'), artifactName: 'audit-log', isPublished: true, reportDetail: 'full', timeZone: 'UTC', retainDays: 400, signingKey: undefined, allowPublicProject: false, skipAggregation: true, concurrency: 4, maxDurationMs: 50 * 60_000, waitMs: 0,
    };
    assert.deepEqual(read(), expected);
    const nothing = Object.fromEntries(Object.keys(inputDefaults).map((name) => [name, ''])) as Inputs;
    assert.deepEqual(read({ ...nothing, outputDirectory: path.join(work, 'staging', 'audit-log') }), expected);
  });

  it('are all read', () => {
    assert.deepEqual(read({
      azureDevOpsServiceConnection: '', connectedServiceNameARM: ID, organization: 'https://contoso.visualstudio.com', window: 'Between', startTime: '2026-11-01T00:00:00+01:00', endTime: '2026-11-02T00:00:00.5Z', settleTime: '0m',
      formats: 'json', compressJson: 'False', csvDelimiter: 'Semicolon', outputDirectory: 'relative/folder', publishArtifact: 'false', artifactName: 'own-step', reportDetail: 'Full', timeZone: 'asia/kolkata', retainDays: '0', signingKey: 'https://Fabrikam-Audit.vault.azure.net/keys/audit-log', allowPublicProject: 'true', skipAggregation: 'false', concurrency: '16', maxDuration: 'PT2H', waitForPermission: '15m',
    }, { 'System.HostType': 'release' }), {
      connection: { kind: 'azureRM', id: ID }, organization: 'contoso',
      window: { kind: 'between', start: { epochSecondsFloor: Date.UTC(2026, 9, 31, 23) / 1000, epochSecondsCeil: Date.UTC(2026, 9, 31, 23) / 1000 }, end: { epochSecondsFloor: Date.UTC(2026, 10, 2) / 1000, epochSecondsCeil: Date.UTC(2026, 10, 2) / 1000 + 1 } },
      settleMs: 0, formats: ['json'], compressJson: false, csvDelimiter: ';', filter: undefined, outputDirectory: path.join(work, 'relative', 'folder'), artifactName: 'own-step', isPublished: false, reportDetail: 'full', timeZone: 'Asia/Kolkata', retainDays: 0,
      signingKey: { vault: 'fabrikam-audit', host: 'fabrikam-audit.vault.azure.net', name: 'audit-log', version: undefined }, allowPublicProject: true, skipAggregation: false, concurrency: 16, maxDurationMs: 2 * HOUR, waitMs: HOUR / 4,
    });
    assert.equal(read({ csvDelimiter: 'tab' }).csvDelimiter, '\t');
    assert.deepEqual(read({ window: 'previous', period: 'month', timeZone: 'europe/berlin' }).window, { kind: 'previous', period: 'month', timeZone: 'Europe/Berlin' });
    assert.deepEqual(read({ window: 'between', startTime: '2026-11-20T11:59:59Z' }).window, { kind: 'between', start: { epochSecondsFloor: NOW / 1000 - 1.5, epochSecondsCeil: NOW / 1000 - 1.5 }, end: undefined });
  });

  it('choose by rules what the views show, and name all that is wrong with the rules at once', () => {
    assert.deepEqual(read({ include: 'area: Git\n\nactor: "Fischer, Grace"', exclude: 'Category: access' }).filter?.text, { include: ['area: Git', 'actor: "Fischer, Grace"'], exclude: ['category: access'] });
    const [first = '', second = '', ...others] = problems({ include: 'area: Git\narae: Git\nip: 10.*', exclude: 'category' });
    assert.match(first, /^include: Line 2: "arae" is not allowed.* Line 3: "10\.\*" is no IP address/);
    assert.match(second, /^exclude: Line 1: "category" has no colon/);
    assert.deepEqual(others, []);
  });

  it('let no filter leave entries out of the only file', () => {
    assert.match(problems({ formats: 'csv', exclude: 'category: access' })[0] ?? '', /^formats: csv alone is not allowed with include or exclude/);
    assert.ok(read({ formats: 'csv,json', exclude: 'category: access' }).filter);
    assert.deepEqual(read({ formats: 'csv', include: '# nothing\n' }).filter, undefined);
  });

  it('let a report show people only where the whole entries are published beside it, unless it is asked for', () => {
    assert.equal(read({ publishArtifact: 'false' }).reportDetail, 'counts');
    assert.equal(read({ publishArtifact: 'false', reportDetail: 'full' }).reportDetail, 'full');
    assert.equal(read({ reportDetail: 'counts' }).reportDetail, 'counts');
    assert.match(problems({ reportDetail: 'some' })[0] ?? '', /^reportDetail: "some" is not allowed\. Allowed: full, counts\./);
  });

  it('name the time zone of the report with any window, and one that is none is refused', () => {
    assert.equal(read({ timeZone: 'america/new_york' }).timeZone, 'America/New_York');
    for (const window of ['sinceLastExport', 'last', 'previous']) assert.match(problems({ window, timeZone: 'CET+1' }).join(), /^timeZone: "CET\+1" is not a known time zone[^,]*, such as/);
  });

  it('of another kind of window do not count', () => {
    assert.equal(read({ window: 'last', startTime: 'garbage', endTime: '$(foo)', period: 'garbage' }).window.kind, 'last');
    assert.equal(read({ window: 'previous', duration: 'garbage', startTime: 'garbage' }).window.kind, 'previous');
    assert.equal(read({ window: 'between', startTime: '2026-11-20T00:00:00Z', duration: '$(foo)' }).window.kind, 'between');
  });

  /** Bad input by bad input: the one line that it gets. */
  const bad: [name: string, inputs: Inputs, says: RegExp][] = [
    ['unknown window', { window: 'sinceYesterday' }, /^window: "sinceYesterday" is not allowed\. Allowed: sinceLastExport, last, previous, between\. Example: sinceLastExport\.$/],
    ['unreadable duration', { window: 'last', duration: '1 fortnight' }, /^duration: .*Write it short, such as 24h.*Allowed is from 1m to 90d\.$/],
    ['duration too short', { window: 'last', duration: '59s' }, /^duration: "59s" is too short\. Allowed is from 1m to 90d\.$/],
    ['duration too long', { window: 'last', duration: '91d' }, /^duration: "91d" is too long\. Allowed is from 1m to 90d\.$/],
    ['time without offset', { window: 'between', startTime: '2026-11-01T00:00:00' }, /^startTime: .*no offset from UTC\. Write 2026-11-01T00:00:00Z/],
    ['start missing', { window: 'between' }, /^startTime: is needed for window: between\. Example: 2026-11-19T12:00:00Z\.$/],
    ['start that is no time', { window: 'between', startTime: 'yesterday' }, /^startTime: "yesterday" is not a date.*such as 2026-11-20T00:00:00Z/],
    ['end before start', { window: 'between', startTime: '2026-11-02T00:00:00Z', endTime: '2026-11-01T00:00:00Z' }, /^endTime: .*is not after its start/],
    ['end at start', { window: 'between', startTime: '2026-11-02T00:00:00Z', endTime: '2026-11-02T00:00:00Z' }, /^endTime: .*is not after its start/],
    ['future end', { window: 'between', startTime: '2026-11-02T00:00:00Z', endTime: '2026-11-20T12:00:02Z' }, /^endTime: .*in the future/],
    ['future start', { window: 'between', startTime: '2026-11-21T00:00:00Z' }, /^startTime: .*only 2026-11-20T12:00:00Z now/],
    ['window wholly older than 90 days', { window: 'between', startTime: '2026-01-01T00:00:00Z', endTime: '2026-08-22T12:00:00Z' }, /^endTime: the whole window is older than 90 days.*begins at 2026-08-22T12:00:00Z\.$/],
    ['unknown period', { window: 'previous', period: 'year' }, /^period: "year" is not allowed\. Allowed: day, week, month\. Example: day\.$/],
    ['unknown time zone', { window: 'previous', timeZone: 'W. Europe Standard Time' }, /^timeZone: .*such as Europe\/Berlin/],
    ['unknown format', { formats: 'jsonl,xml' }, /^formats: "xml" is not allowed\. Allowed, separated by commas: jsonl, csv, json\. Example: jsonl,csv\.$/],
    ['no format', { formats: ',' }, /^formats: nothing is chosen\./],
    ['unknown delimiter', { csvDelimiter: ';' }, /^csvDelimiter: ";" is not allowed\. Allowed: comma, semicolon, tab\. Example: comma\.$/],
    ['organization with another host', { organization: 'https://evil.example/fabrikam' }, /^organization: .*Allowed: its name.*Example: fabrikam\.$/],
    ['organization with a path', { organization: 'https://dev.azure.com/fabrikam/Project' }, /^organization: .*without a project/],
    ['settle time out of range', { settleTime: '25h' }, /^settleTime: "25h" is too long\. Allowed is from 0s to 24h\.$/],
    ['maximum duration out of range', { maxDuration: '30s' }, /^maxDuration: "30s" is too short\. Allowed is from 1m to 24h\.$/],
    ['maximum duration without unit', { maxDuration: '50' }, /^maxDuration: "50" has no unit\./],
    ['negative duration', { window: 'last', duration: '-24h' }, /^duration: "-24h" is negative/],
    ['artifact name with bad characters', { artifactName: 'audit/log' }, /^artifactName: "audit\/log" cannot be the name of an artifact\. Not allowed: \\ \/ : \* \? " < > \|.*Example: audit-log\.$/],
    ['artifact name with bad characters although unpublished', { artifactName: 'a:b', publishArtifact: 'false' }, /^artifactName: /],
    ['missing connection', { azureDevOpsServiceConnection: '' }, /^azureDevOpsServiceConnection: no service connection is given\..*azureSubscription: NAME/],
    ['two connections', { connectedServiceNameARM: ID }, /^connectionType: both .*connectionType: azureDevOps or connectionType: azureRM\.$/],
    ['unknown connection type', { connectionType: 'azure' }, /^connectionType: "azure" is not allowed\. Allowed: azureDevOps, azureRM\. Example: azureDevOps\.$/],
    ['connection type of the other connection', { connectionType: 'azureRM' }, /^connectionType: azureRM is chosen, but azureSubscription is not given/],
    ['no boolean', { compressJson: 'yes' }, /^compressJson: "yes" is not allowed\. Allowed: true, false\. Example: true\.$/],
    ['no boolean', { publishArtifact: 'sometimes' }, /^publishArtifact: "sometimes" is not allowed\./],
    ['no boolean', { allowPublicProject: '1' }, /^allowPublicProject: .*Example: false\.$/],
    ['no boolean', { skipAggregation: '0' }, /^skipAggregation: /],
    ['unreadable overlap', { overlap: 'two hours' }, /^overlap: "two hours" .*Allowed is from 0s to 24h\.$/],
    ['unknown answer to a gap', { onGap: 'ignore' }, /^onGap: "ignore" is not allowed\. Allowed: fail, warn\. Example: fail\.$/],
    ['no place to continue from', { continueFrom: 'main' }, /^continueFrom: "main" is not a date .* Or give the number of a pipeline \(definitionId in its address\)\.$/],
    ['a place to continue from that has not come', { continueFrom: '2026-11-20T12:00:01Z' }, /^continueFrom: 2026-11-20T12:00:01Z has not come yet; now it is 2026-11-20T12:00:00Z\./],
    ['merged entries in a chain', { skipAggregation: 'false' }, /^skipAggregation: false is not allowed with window: sinceLastExport/],
    ['no days', { retainDays: '1 year' }, /^retainDays: "1 year" is not a whole number from 0 to 36500\. Example: 400\.$/],
    ['too many days', { retainDays: '36501' }, /^retainDays: "36501" is not a whole number from 0 to 36500\./],
    ['no request at all', { concurrency: '0' }, /^concurrency: "0" is not a whole number from 1 to 16\. Example: 16\.$/],
    ['too many requests at once', { concurrency: '17' }, /^concurrency: "17" is not a whole number from 1 to 16\./],
    ['no key of a vault', { signingKey: 'https://vault.example/keys/audit-log' }, /^signingKey: .*https:\/\/VAULT\.vault\.azure\.net\/keys\/NAME/],
    ['no output directory', { outputDirectory: '' }, /^outputDirectory: is empty\. Example: \$\(Build\.ArtifactStagingDirectory\)\/audit-log\.$/],
    ['a NUL in the output directory', { outputDirectory: 'a\0b' }, /^outputDirectory: holds a NUL/],
    ['an output directory with too long a name', { outputDirectory: `x/${'a'.repeat(5000)}` }, /^outputDirectory: .*too long/],
  ];
  for (const [name, inputs, says] of bad) {
    it(`${name} ${JSON.stringify(inputs).slice(0, 80)}: one sentence`, () => {
      const found = problems(inputs);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', says);
      assert.doesNotMatch(found[0] ?? '', /[\r\n\0]/);
    });
  }

  it('are all reported at once', () => {
    const failure = failureOf(() => read({
      azureDevOpsServiceConnection: '', organization: 'https://evil.example', window: 'between', startTime: 'x', endTime: 'y', settleTime: '-1m', retainDays: 'x', signingKey: 'x', formats: 'xml', compressJson: 'x', csvDelimiter: 'x',
      outputDirectory: '', publishArtifact: 'x', artifactName: '?', allowPublicProject: 'x', skipAggregation: 'x', concurrency: 'x', maxDuration: 'x',
    }), 'INPUTS_INVALID');
    assert.deepEqual(failure.advice.map((line) => line.slice(0, line.indexOf(':'))).sort(), [
      'allowPublicProject', 'artifactName', 'azureDevOpsServiceConnection', 'compressJson', 'concurrency', 'csvDelimiter', 'endTime', 'formats', 'maxDuration', 'organization', 'outputDirectory', 'publishArtifact', 'retainDays', 'settleTime',
      'signingKey', 'skipAggregation', 'startTime',
    ]);
    assert.equal(failure.message, '17 inputs of the step need correcting; nothing was requested yet.');
    assert.match(failureOf(() => read({ window: 'x' }), 'INPUTS_INVALID').message, /^One input of the step needs/);
  });

  for (const hostType of ['release', 'deployment', 'gates', '']) {
    it(`publishArtifact is refused where the host type is "${hostType}"`, () => {
      const [problem, ...others] = problems({ window: 'last' }, { 'System.HostType': hostType });
      assert.match(problem ?? '', new RegExp(`^publishArtifact: .*of the type "${hostType || 'unknown'}"\\..*publishArtifact: false`));
      assert.deepEqual(others, []);
      assert.equal(read({ window: 'last', publishArtifact: 'false' }, { 'System.HostType': hostType }).isPublished, false);
    });
  }

  for (const name of ['Build.BuildId', 'System.DefinitionId', 'Build.SourceBranch']) {
    it(`a job without ${name} has no earlier runs to continue`, () => {
      const [problem, ...others] = problems({}, { [name]: '' });
      assert.match(problem ?? '', new RegExp(`^window: sinceLastExport finds the last export among the earlier runs .*${name.replace('.', '\\.')} is empty.*choose window: last, previous or between`));
      assert.deepEqual(others, []);
    });
  }

  it('continueFrom is an instant or the number of a pipeline', () => {
    const continueFromOf = (continueFrom: string): unknown => {
      const { window } = read({ continueFrom });
      return window.kind === 'sinceLastExport' && window.continueFrom;
    };
    assert.deepEqual(continueFromOf('42'), { kind: 'pipeline', id: '42' });
    assert.deepEqual(continueFromOf('2026-11-01T00:00:00.5+01:00'), { kind: 'instant', seconds: Date.UTC(2026, 9, 31, 23) / 1000 });
  });

  it('organization is that of the pipeline, by its new or old address', () => {
    assert.equal(read({ organization: '' }, { 'System.CollectionUri': '', 'System.TeamFoundationCollectionUri': 'https://contoso.visualstudio.com/' }).organization, 'contoso');
    assert.match(problems({}, { 'System.CollectionUri': '' })[0] ?? '', /^organization: is empty, and the agent does not say/);
  });

  it('connectionType chooses between two connections', () => {
    const both = { azureDevOpsServiceConnection: 'one', connectedServiceNameARM: 'two' };
    assert.deepEqual(read({ ...both, connectionType: 'AzureDevOps' }).connection, { kind: 'azureDevOps', id: 'one' });
    assert.deepEqual(read({ ...both, connectionType: 'azurerm' }).connection, { kind: 'azureRM', id: 'two' });
  });

  describe('with a variable that has no value', () => {
    const everywhere: Inputs[] = [
      { connectionType: '$(foo)' }, { azureDevOpsServiceConnection: '$(foo)' }, { azureDevOpsServiceConnection: '', connectedServiceNameARM: '$(foo)' }, { organization: '$(foo)' }, { window: '$(foo)' }, { window: 'last', duration: '$(foo)h' },
      { window: 'previous', period: '$(foo)' }, { window: 'previous', timeZone: '$(foo)' }, { window: 'between', startTime: '$(foo)' }, { window: 'between', startTime: '2026-11-01T00:00:00Z', endTime: '$(foo)' },
      { continueFrom: '$(foo)' }, { overlap: '$(foo)' }, { onGap: '$(foo)' }, { retainDays: '$(foo)' }, { signingKey: '$(foo)' },
      { settleTime: '$(foo)' }, { formats: 'csv,$(foo)' }, { compressJson: '$(foo)' }, { csvDelimiter: '$(foo)' }, { outputDirectory: '$(foo)/audit-log' }, { publishArtifact: '$(foo)' }, { artifactName: 'audit-$(foo)' },
      { allowPublicProject: '$(foo)' }, { skipAggregation: '$(foo)' }, { concurrency: '$(foo)' }, { maxDuration: '$(foo)' },
    ];
    for (const inputs of everywhere) {
      it(`${JSON.stringify(inputs)}: one sentence that says so`, () => {
        const found = problems(inputs);
        assert.equal(found.length, 1, found.join('\n'));
        assert.match(found[0] ?? '', /^(\w+): the variable "\$\(foo\)" has no value when this step begins\. Define it, or write the value itself\./);
        const input = Object.entries(inputs).find(([, value]) => value.includes('$(foo)'))?.[0] ?? '';
        assert.equal(found[0]?.split(':')[0], input === 'connectedServiceNameARM' ? 'azureSubscription' : input);
      });
    }

    it('still tells what is allowed', () => {
      assert.match(problems({ window: '$(foo)' })[0] ?? '', /Allowed: sinceLastExport, last, previous, between/);
      assert.match(problems({ outputDirectory: '$(foo)' })[0] ?? '', /Example: \$\(Build\.ArtifactStagingDirectory\)\/audit-log\.$/);
    });

    it('is not confused with brackets', () => {
      assert.equal(read({ artifactName: 'audit (1) $5 $() $x' }).artifactName, 'audit (1) $5 $() $x');
    });
  });

  describe('outputDirectory', () => {
    const make = (name: string, ...places: string[]): string => {
      const directory = path.join(work, name);
      for (const place of places) {
        const target = path.join(directory, place);
        mkdirSync(place.endsWith('/') ? target : path.dirname(target), { recursive: true });
        if (!place.endsWith('/')) writeFileSync(target, 'x');
      }
      return directory;
    };

    it('may not be a file, nor be under one, though nothing is published', () => {
      const file = make('files', 'a-file') + path.sep + 'a-file';
      for (const place of [file, path.join(file, 'under'), path.join(file, 'far', 'under')]) {
        const [problem, ...others] = problems({ outputDirectory: place, publishArtifact: 'false' });
        assert.equal(problem, `outputDirectory: ${file} is a file, not a folder. Example: $(Build.ArtifactStagingDirectory)/audit-log.`);
        assert.deepEqual(others, []);
      }
    });

    const exportFolder = 'fabrikam/20261119T000000Z_20261120T000000Z.run4711-1';
    it('may hold earlier exports, of several organizations, and what a killed run left', () => {
      const directory = make('earlier', `${exportFolder}/audit-log.csv`, `${exportFolder}.2/audit-log.csv`, 'contoso/20261119T000000Z_20261120T000000Z.run4711-2/', 'contoso/.partial-77-x/audit-log.csv', 'empty/');
      assert.equal(read({ outputDirectory: directory }).outputDirectory, directory);
    });

    for (const foreign of ['README.md', 'src/main.ts', 'fabrikam/notes.txt', 'fabrikam/other/x', `fabrikam/20261119T000000Z_20261120T000000Z.run4711-1.zip`, '.git/config']) {
      it(`may not hold ${foreign} when everything in it is published`, () => {
        const directory = make(`foreign-${foreign.replace(/\W/g, '')}`, `${exportFolder}/audit-log.csv`, foreign);
        const [problem, ...others] = problems({ outputDirectory: directory });
        assert.ok(problem?.startsWith(`outputDirectory: ${directory} holds other things than exports (${foreign.split('/')[0] ?? ''}), and everything in it would be published.`), problem);
        assert.match(problem ?? '', /publishArtifact: false\.$/);
        assert.deepEqual(others, []);
        assert.equal(read({ outputDirectory: directory, publishArtifact: 'false' }).outputDirectory, directory);
        assert.equal(problems({ outputDirectory: directory, artifactName: '?' }).length, 2);
      });
    }

    it('may hold a link that leads nowhere only when nothing is published', function () {
      const directory = make('links', `${exportFolder}/x`);
      try {
        symlinkSync(path.join(directory, 'nowhere'), path.join(directory, 'dangling'));
      } catch {
        this.skip();
      }
      assert.match(problems({ outputDirectory: directory })[0] ?? '', /holds other things than exports \(dangling\)/);
      assert.equal(read({ outputDirectory: directory, publishArtifact: 'false' }).outputDirectory, directory);
    });

    it('may be written as on Windows, on Windows', function () {
      if (process.platform !== 'win32') this.skip();
      assert.equal(read({ outputDirectory: 'C:\\agent\\_work\\1\\a/audit-log' }).outputDirectory, 'C:\\agent\\_work\\1\\a\\audit-log');
    });
  });
});
