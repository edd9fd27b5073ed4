import type { Agent } from '../agent/agent';
import { formatDuration } from '../window/duration';
import type { CheckOutcome } from './check';
import { explanation, outcomeLine } from './describe';

/** The table: one line a check. */
export function tellTable(agent: Agent, outcomes: readonly CheckOutcome[]): void {
  for (const outcome of outcomes) agent.log.info(outcomeLine(outcome));
}

/** What failed and what is worth a warning, each with its advice; then the claims of the tokens. */
export function tellExplanations(agent: Agent, outcomes: readonly CheckOutcome[]): void {
  for (const outcome of outcomes.filter(({ result }) => result === 'failed' || result === 'warning')) {
    agent.log.section(outcome.result === 'failed' ? 'What is wrong' : 'What should change');
    const [headline = '', ...rest] = explanation(outcome);
    if (outcome.result === 'failed') agent.log.info(headline);
    else agent.log.warning(headline);
    for (const line of rest) agent.log.info(line);
  }
  const details = outcomes.filter(({ result }) => result === 'passed' || result === 'unknown').flatMap(({ finding }) => finding?.details ?? []);
  if (details.length === 0) return;
  agent.log.section('What was seen');
  for (const line of details) agent.log.info(line);
}

export function tellPause(agent: Agent, failure: CheckOutcome, elapsedMs: number, pauseMs: number): void {
  const seconds = (ms: number): string => formatDuration(Math.max(1000, Math.round(ms / 1000) * 1000));
  agent.log.info(`Not yet (${failure.id}: ${failure.finding?.line ?? ''}); ${elapsedMs < 1000 ? '' : `${seconds(elapsedMs)} so far, `}looking again in ${seconds(pauseMs)}.`);
}
