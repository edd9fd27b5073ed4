import assert from 'node:assert/strict';
import { LineSplitter, parseCommand } from '../../sandbox/agent/commands';
import { AgentFixture } from './agentFixture';

const say = (...lines: string[]) => lines.map((line) => `process.stdout.write(${JSON.stringify(line)});`).join('\n');

describe('agent stand-in: logging commands', () => {
  let fixture: AgentFixture;
  beforeEach(() => { fixture = new AgentFixture(); });
  afterEach(() => fixture.remove());

  it('reads properties and data as the agent does', () => {
    assert.deepEqual(parseCommand('row: "x ##vso[Task.SetVariable variable=a;isOutput=true;;b==c]d%0De%0Af%3B%5D%AZP25%25'), {
      area: 'Task', event: 'SetVariable', properties: { variable: 'a', isoutput: 'true', b: 'c' }, data: 'd\re\nf;]%%25',
    });
    for (const broken of ['##vso[task.debug', '##vso[task]x', '##vso[a.b.c]x', '##VSO[task.debug]x', '## vso[task.debug]x']) assert.equal(parseCommand(broken), undefined, broken);
  });

  it('cuts lines at CR, LF and CRLF wherever the chunks end', () => {
    const text = 'one\rtwo\nthree\r\nfour\r\r\nfive';
    for (let size = 1; size <= text.length; size++) {
      const lines: string[] = [];
      const splitter = new LineSplitter((line) => lines.push(line));
      for (let at = 0; at < text.length; at += size) splitter.push(text.slice(at, at + size));
      splitter.end();
      assert.deepEqual(lines, ['one', 'two', 'three', 'four', '', 'five'], `chunks of ${size}`);
    }
  });

  it('executes a command in the middle of a line, after a carriage return, and on stderr', async () => {
    const result = await fixture.run(`${say('{"actor":"##vso[task.setvariable variable=middle]1"}\n', 'fine\r##vso[task.setvariable variable=afterReturn]2\r\n')}
      process.stderr.write('##vso[task.setvariable variable=error]3');`, {});
    assert.deepEqual(result.commands.map((command) => command.properties['variable']).sort(), ['afterReturn', 'error', 'middle']);
    assert.equal(result.result, 'Succeeded');
  });

  it('only warns about an unknown area, but fails the step for an unknown event', async () => {
    const unknownArea = await fixture.run(say('##vso[nothing.here]\n'));
    assert.equal(unknownArea.result, 'Succeeded');
    assert.match(unknownArea.issues[0]?.message ?? '', /Cannot find command extension for ##vso\[nothing\.command\]/);
    const unknownEvent = await fixture.run(say('##vso[task.nothing]\n'));
    assert.equal(unknownEvent.result, 'Failed');
    assert.equal(unknownEvent.exitCode, 0);
  });

  it('warns about the keyword without a command', async () => {
    const result = await fixture.run(say('a ##vso b\n'));
    assert.match(result.issues[0]?.message ?? '', /not a legal command/);
    assert.match(result.maskedLog, /^a ##vso b$/m);
  });

  it('drops an upload in restricted mode with a warning and stays green', async () => {
    const script = `require('fs').writeFileSync('file.txt', 'x'); console.log('##vso[artifact.upload artifactname=a]' + process.cwd() + '/file.txt');`;
    const byTask = await fixture.run(script, { manifest: { restrictions: { commands: { mode: 'restricted' } } } });
    assert.deepEqual([byTask.result, byTask.artifacts.length, byTask.commands[0]?.allowed], ['Succeeded', 0, false]);
    assert.match(byTask.issues[0]?.message ?? '', /##vso\[artifact\.upload\] is not allowed in this step/);
    const byStep = await fixture.run(script, { yaml: 'steps:\n- task: Fixture@1\n  target: { commands: restricted }\n' });
    assert.deepEqual([byStep.result, byStep.artifacts.length], ['Succeeded', 0]);
    assert.equal((await fixture.run(script)).artifacts.length, 1);
  });

  it('lets a task set only the variables it may set', async () => {
    const manifest = { restrictions: { settableVariables: { allowed: ['count', 'export*'] } } };
    const script = say(...['COUNT', 'exportDirectory', 'PATH'].map((name) => `##vso[task.setvariable variable=${name};isOutput=true]1\n`));
    const result = await fixture.run(script, { manifest });
    assert.deepEqual(result.outputVariables, { COUNT: '1', exportDirectory: '1' });
    assert.deepEqual(result.commands.map((command) => command.allowed), [true, true, false]);
    assert.match(result.issues[0]?.message ?? '', /Setting variable 'PATH' has been disabled/);
  });

  it('hides a secret from the moment it is set, in the encodings that the agent knows', async () => {
    const secret = 'se"cret value';
    const result = await fixture.run(say(`before ${secret}\n`, `##vso[task.setsecret]${secret}\n`, `after ${secret}|${encodeURIComponent(secret)}|${JSON.stringify(secret)}\n`, 'job-token-of-the-fixture client-id-1 tenant-id-1\n'));
    assert.match(result.maskedLog, /^before se"cret value$/m);
    assert.match(result.maskedLog, /^after \*\*\*\|\*\*\*\|"\*\*\*"$/m);
    assert.match(result.maskedLog, /^\*\*\* \*\*\* tenant-id-1$/m);
    assert.ok(result.rawOutput.includes(`after ${secret}`));
    assert.ok(result.secrets.includes(secret));
  });

  it('hides a secret of several lines where it is written as a whole, and refuses it as a variable', async () => {
    const result = await fixture.run(say('##vso[task.setsecret]first%0Asecond\n', '##vso[task.logissue type=warning]x first%0Asecond y\n', 'first\n'));
    assert.equal(result.issues[0]?.message, 'x *** y');
    assert.match(result.maskedLog, /^first$/m);
    assert.equal((await fixture.run(say('##vso[task.setvariable variable=a;issecret=true]first%0Asecond\n'))).result, 'Failed');
  });

  it('hides the value of a secret variable, even one that may not be set', async () => {
    const script = say('##vso[task.setvariable variable=allowed;issecret=true]value one\n', '##vso[task.setvariable variable=other;issecret=TRUE]value two\n', 'value one, value two\n');
    const result = await fixture.run(script, { manifest: { restrictions: { settableVariables: { allowed: ['allowed'] } } } });
    assert.match(result.maskedLog, /^\*\*\*, \*\*\*$/m);
  });

  it('keeps ten errors and ten warnings as issues, and all of them in the log', async () => {
    const result = await fixture.run(say(...Array.from({ length: 15 }, (_, number) => `##vso[task.logissue type=error]e${number}\n##vso[task.issue type=warning]w${number}\n`)));
    assert.equal(result.issues.length, 20);
    assert.equal(result.maskedLog.match(/^##\[error\]e\d+$/gm)?.length, 15);
    assert.equal(result.result, 'Succeeded');
  });

  it('shows debug lines and processed commands with System.Debug only', async () => {
    const script = say('##vso[task.debug]deep\n', '##vso[task.setprogress value=50]half\n');
    assert.doesNotMatch((await fixture.run(script)).maskedLog, /deep|Processed/);
    const { maskedLog, message } = await fixture.run(script, { debug: true });
    assert.match(maskedLog, /^##\[debug\]deep$/m);
    assert.match(maskedLog, /^##\[debug\]Processed: ##vso\[task\.setprogress value=50\]half$/m);
    assert.equal(message, 'half');
  });
});
