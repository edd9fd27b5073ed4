import assert from 'node:assert/strict';
import { assertNodeVersion } from '../../../tasks/common/agent/nodeVersion';
import { Progress } from '../../../tasks/common/agent/progress';
import { FakeAgent } from '../../support/fakeAgent';
import { failureOf } from '../../support/rejection';

describe('progress', () => {
  it('tells a percentage only when it grows, and never that all is done', () => {
    const agent = new FakeAgent();
    const progress = new Progress(agent, () => 0);
    for (const percent of [0.2, 0.9, 5, 4, 5.9, 6, -3, Number.NaN, 100, 400]) progress.report(percent, () => assert.fail('no line yet'));
    assert.deepEqual(agent.events, [0, 5, 6, 99].map((percent) => ({ kind: 'progress', percent })));
  });

  it('writes a line every ten seconds at most, and makes none in vain', () => {
    const agent = new FakeAgent();
    let now = 1000;
    const progress = new Progress(agent, () => now);
    let made = 0;
    for (; now <= 41_000; now += 500) progress.report(1, () => `line ${(made += 1)} at ${now}`);
    assert.deepEqual(agent.lines(), ['line 1 at 11000', 'line 2 at 21000', 'line 3 at 31000', 'line 4 at 41000']);
  });
});

describe('the version of Node.js', () => {
  for (const version of ['20.18.1', '20.18.2', '20.19.0', '20.20.2', '21.0.0', '22.0.0', '24.21.0', '100.0.0']) {
    it(`${version} will do`, () => { assertNodeVersion(version); });
  }
  for (const version of ['20.18.0', '20.17.9', '20.9.0', '18.20.8', '16.20.2', '8.99.99', '2.20.20', '', 'garbage']) {
    it(`"${version}" will not`, () => {
      const failure = failureOf(() => assertNodeVersion(version), 'NODE_TOO_OLD');
      assert.match(failure.message, /20\.18\.1 or newer/);
      assert.match(failure.advice.join(), /4\.255\.0/);
    });
  }
});
