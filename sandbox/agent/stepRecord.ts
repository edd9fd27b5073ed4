import { Masks } from './masks';
import type { Variables } from './variables';

export const RESULTS = ['Succeeded', 'SucceededWithIssues', 'Failed', 'Canceled', 'Skipped', 'Abandoned'] as const;
export type TaskResult = (typeof RESULTS)[number];

/** A worse result wins; nothing follows after Canceled (TaskResultUtil of azure-pipelines-agent). */
export function mergeResults(current: TaskResult | undefined, coming: TaskResult): TaskResult {
  if (current === undefined) return coming;
  if (RESULTS.indexOf(current) > RESULTS.indexOf('Failed')) return current;
  return RESULTS.indexOf(coming) >= RESULTS.indexOf(current) ? coming : current;
}

export interface Issue { readonly type: 'error' | 'warning'; readonly message: string }

/** Only so many errors and so many warnings of a step become issues; the rest stands in the log only (ExecutionContext.cs). */
const ISSUE_LIMIT = 10;

/** What the agent keeps about a running step: its masked log, its issues and its result so far. */
export class StepRecord {
  readonly masks = new Masks();
  readonly issues: Issue[] = [];
  readonly outputVariables: Record<string, string> = {};
  readonly buildTags: string[] = [];
  /** Progress in percent; it never falls. */
  progress = 0;
  message: string | undefined;
  /** Set by the task and by the way in which its process ended. */
  result: TaskResult | undefined;
  /** Set by commands and uploads that failed; merged at the end of the step. */
  commandResult: TaskResult | undefined;
  readonly #lines: string[] = [];

  constructor(readonly variables: Variables, private readonly debugOn: boolean, private readonly onLine?: (masked: string) => void) {}

  get maskedLog(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  write(text: string): void {
    const masked = this.masks.apply(text);
    this.#lines.push(masked);
    this.onLine?.(masked);
  }

  section(text: string): void {
    this.write(`##[section]${text}`);
  }

  debug(text: string): void {
    if (this.debugOn) this.write(`##[debug]${text}`);
  }

  warning(message: string): void {
    this.#addIssue('warning', message);
  }

  error(message: string): void {
    this.#addIssue('error', message);
  }

  /** Reports a failure of a command or an upload: the process goes on, the step fails in the end. */
  failCommand(message: string): void {
    this.error(message);
    this.commandResult = mergeResults(this.commandResult, 'Failed');
  }

  #addIssue(type: Issue['type'], message: string): void {
    const masked = this.masks.apply(message);
    if (masked !== '') this.write(`##[${type}]${masked}`);
    if (this.issues.filter((issue) => issue.type === type).length < ISSUE_LIMIT) this.issues.push({ type, message: masked });
  }
}
