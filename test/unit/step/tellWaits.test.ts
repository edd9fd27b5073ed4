import assert from 'node:assert/strict';
import { WaitTeller } from '../../../tasks/common/step/tellWaits';

const HOST = 'auditservice.dev.azure.com';

describe('what the log says of waits', () => {
  let lines: string[];
  let nowMs: number;
  let teller: WaitTeller;
  beforeEach(() => {
    lines = [];
    nowMs = 0;
    teller = new WaitTeller({ info: (line) => lines.push(line) }, () => nowMs);
  });
  const asked = (ms: number, host = HOST): void => { teller.wait({ host, ms, why: 'asked' }); };

  it('names service and time', () => {
    asked(34_000);
    teller.wait({ host: HOST, ms: 250, why: 'failed' });
    assert.deepEqual(lines, [`${HOST} asks to wait 34 seconds; waiting.`, `${HOST} gave no usable answer; trying again in 1 second.`]);
  });

  it('quotes a service that keeps asking every two minutes, with what it asked for in between', () => {
    for (nowMs = 0; nowMs <= 240_000; nowMs += 5000) asked(5000);
    assert.deepEqual(lines, [
      `${HOST} asks to wait 5 seconds; waiting.`,
      ...[1, 2].map(() => `${HOST} asks to wait 5 seconds; waiting. It had asked 23 times since the last line, for 1 minute 55 seconds in all.`),
    ]);
  });

  it('names a long wait at once, and each host by itself', () => {
    asked(5000);
    asked(5000, 'dev.azure.com');
    asked(300_000);
    assert.equal(lines.length, 3);
    assert.match(lines[2] ?? '', /asks to wait 5 minutes; waiting\.$/);
  });

  it('says once that requests are spaced out, every five minutes that they still are, and once that they no longer are', () => {
    for (nowMs = 0; nowMs < 700_000; nowMs += 1000) teller.pace(HOST, { left: nowMs === 0 ? 0.487 : 0.05 });
    teller.pace(HOST, { left: undefined });
    teller.pace(HOST, { left: undefined });
    assert.deepEqual(lines, [
      `${HOST} warns that 48 % of its rate limit is left for this identity; requests are spaced out so that it need not refuse any.`,
      `${HOST}: 5 % of the rate limit is left; requests are still spaced out.`,
      `${HOST}: 5 % of the rate limit is left; requests are still spaced out.`,
      `${HOST} is at ease again; requests go at full speed.`,
    ]);
  });

  it('does not let a service that changes its mind all the time fill the log', () => {
    for (nowMs = 0; nowMs < 600_000; nowMs += 500) teller.pace(HOST, { left: nowMs % 1000 === 0 ? 0.2 : undefined });
    assert.ok(lines.length <= 10, `${lines.length} lines`);
  });
});
