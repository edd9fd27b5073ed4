import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { HostBudget, type Pace } from '../../../tasks/common/http/hostBudget';
import { parseHttpDate } from '../../../tasks/common/http/httpDate';
import { readRateHeaders } from '../../../tasks/common/http/rateHeaders';
import { LONGEST_WAIT_MS, retryAfterMs } from '../../../tasks/common/http/retryDelay';
import { VirtualTime } from '../../support/virtualTime';

type Headers = Readonly<Record<string, string>>;

/** A budget in simulated time whose requests take 50 ms and are answered with given headers. */
class Office {
  readonly time = new VirtualTime();
  readonly halts: number[] = [];
  readonly paces: Pace[] = [];
  readonly starts: number[] = [];
  latencyMs = 50;
  startsInHalt = 0;
  inFlight = 0;
  mostInFlight = 0;
  readonly budget: HostBudget = new HostBudget({
    clock: this.time.clock, sleep: this.time.sleep, haltHost: (ms) => { this.budget.halt(ms); }, tooLong: (ms) => new Error(`${ms} ms`),
    events: { onHalt: (ms) => { this.halts.push(ms); }, onPace: (pace) => { this.paces.push(pace); } },
  });
  readonly #controller = new AbortController();
  #turns = 0;

  constructor() {
    setMaxListeners(0, this.#controller.signal);
  }

  async request(headers: Headers = {}, isRefused = false, signal: AbortSignal = this.#controller.signal): Promise<void> {
    const pass = await this.budget.enter(this.#turns++, signal);
    if (this.time.nowMs < this.budget.notBefore) this.startsInHalt += 1;
    this.starts.push(this.time.nowMs);
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    await this.time.sleep(this.latencyMs);
    this.inFlight -= 1;
    const head = { header: (name: string) => headers[name], dateMs: parseHttpDate(new Date(this.time.nowMs).toUTCString()) };
    pass.giveBack({ rate: readRateHeaders(head, this.time.nowMs), isRefused, haltMs: retryAfterMs(headers['retry-after'], this.time.nowMs) });
  }

  /** Requests that all ask for leave now; resolves to the most of them that were on their way at once. */
  async burst(count: number, headers: Headers = {}): Promise<number> {
    this.mostInFlight = 0;
    await this.time.run(this.many(count, headers));
    return this.mostInFlight;
  }

  async many(count: number, headers: Headers = {}): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.request(headers)));
  }
}

describe('a host\'s budget', () => {
  it('lets everybody go at once while the service says nothing', async () => {
    const office = new Office();
    assert.equal(await office.burst(40), 40);
    assert.deepEqual([office.halts, office.paces], [[], []]);
  });

  it('halts all for as long as any answer asks, and then lets them go few by few', async () => {
    const office = new Office();
    const began = office.time.nowMs;
    await office.time.run(Promise.all([office.request({ 'retry-after': '7' }), office.time.sleep(60).then(() => office.many(20))]));
    assert.ok(office.starts.slice(1).every((start) => start >= began + 7050));
    assert.deepEqual(office.halts, [6990]);
    assert.equal(office.starts.filter((start) => start === began + 7050).length, 1);
    assert.ok(office.starts.filter((start) => start === began + 7100).length <= 2);
  });

  it('lets the longest wait count that any answer asked for', async () => {
    const office = new Office();
    const began = office.time.nowMs;
    await office.time.run(Promise.all([office.request({ 'retry-after': '30' }), office.request({ 'retry-after': '2' })]));
    await office.burst(1);
    assert.deepEqual(office.starts.slice(2), [began + 30_050]);
  });

  it('refuses all that wait, and all that come, when a service asks for more than the longest wait', async () => {
    const office = new Office();
    const at = (ms: number, headers: Headers = {}): Promise<void> => office.time.sleep(ms).then(() => office.request(headers));
    const ends = await office.time.run(Promise.allSettled([at(0, { 'retry-after': '5' }), at(20, { 'retry-after': '601' }), at(60), at(100)]));
    assert.deepEqual(ends.map(({ status }) => status), ['fulfilled', 'fulfilled', 'rejected', 'rejected']);
    for (const end of ends.slice(2)) assert.match(String(end.status === 'rejected' && end.reason), /Error: 60\d{4} ms/);
  });

  it('lets whoever asked first go first', async () => {
    const office = new Office();
    const order: number[] = [];
    const { signal } = new AbortController();
    const enter = async (turn: number): Promise<void> => {
      const pass = await office.budget.enter(turn, signal);
      order.push(turn);
      pass.giveBack({ rate: undefined, isRefused: false, haltMs: undefined });
    };
    office.budget.halt(1000);
    await office.time.run(Promise.all([enter(5), enter(2), enter(9), enter(1)]));
    assert.deepEqual(order, [1, 2, 5, 9]);
  });

  it('forgets who gave up, and leaves no timer behind', async () => {
    const office = new Office();
    const controller = new AbortController();
    office.budget.halt(60_000);
    const waiting = office.request({}, false, controller.signal);
    assert.equal(office.time.sleepers, 1);
    controller.abort(new Error('canceled'));
    await assert.rejects(waiting, /canceled/);
    assert.equal(office.time.sleepers, 0);
    await assert.rejects(office.request({}, false, controller.signal), /canceled/);
  });

  it('sends one at a time when nothing remains, whatever the limit is', async () => {
    const office = new Office();
    await office.burst(1, { 'x-ratelimit-remaining': '0' });
    assert.equal(await office.burst(6, { 'x-ratelimit-remaining': '0' }), 1);
    assert.ok(await office.burst(40) < 40);
    assert.equal(await office.burst(40), 40);
  });

  it('has no more on their way than fit into what is left', async () => {
    const office = new Office();
    const told = (remaining: number): Headers => ({ 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': String(remaining), 'x-ratelimit-reset': String(office.time.nowMs / 1000 + 2) });
    for (const remaining of [80, 70, 60, 50]) await office.burst(1, told(remaining));
    // Slow answers: what was told last has to do for all of them.
    office.latencyMs = 60_000;
    const most = await office.burst(10, told(50));
    assert.ok(most >= 3 && most <= 5, `${most} at once`);
  });

  it('takes a delay without Retry-After for a wish to wait as long', async () => {
    const office = new Office();
    await office.burst(1, { 'x-ratelimit-delay': '4.5' });
    await office.burst(1);
    assert.deepEqual(office.halts, [4500]);
  });

  const number = fc.oneof(fc.integer({ min: 0, max: 400 }).map(String), fc.constantFrom('-1', '0', '1e9', '999999999999', 'x', '', '0.001'));
  const headers = fc.record({
    'x-ratelimit-limit': number, 'x-ratelimit-remaining': number, 'x-ratelimit-delay': number,
    'x-ratelimit-reset': fc.oneof(number, fc.integer({ min: -4000, max: 4000 }).map((seconds) => String(Date.UTC(2026, 10, 20) / 1000 + seconds))),
    'retry-after': fc.constantFrom('0', '1', '13', '600', 'soon', '-3'),
  }, { requiredKeys: [] });

  it('never starts anything during a halt, never stands still for longer than the longest wait, and recovers, whatever the headers say', async () => {
    await fc.assert(fc.asyncProperty(fc.array(headers, { maxLength: 25 }), fc.integer({ min: 1, max: 16 }), async (answers, workers) => {
      const office = new Office();
      const left = [...answers];
      let lastStart = office.time.nowMs;
      const worker = async (): Promise<void> => {
        for (let answer = left.shift(); answer !== undefined; answer = left.shift()) await office.request(answer);
      };
      const work = Promise.all(Array.from({ length: workers }, worker));
      await office.time.run(work);
      for (const start of office.starts) {
        assert.ok(start - lastStart <= LONGEST_WAIT_MS + 50, `${start - lastStart} ms between two starts`);
        lastStart = start;
      }
      assert.equal(office.startsInHalt, 0, 'starts during a halt');
      for (let quiet = 0; quiet < 60; quiet += 1) await office.time.run(office.request());
      assert.equal(await office.burst(16), 16, 'not recovered after 60 answers without a warning');
    }), { numRuns: 150 });
  });
});
