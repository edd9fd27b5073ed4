import type { Agent, Endpoint, Log } from '../../tasks/common/agent/agent';

export interface FakeEndpoint {
  readonly url?: string;
  readonly scheme?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Something a task did to the agent, in the order in which it happened. */
export type AgentEvent =
  | { readonly kind: keyof Log; readonly text: string }
  | { readonly kind: 'secret'; readonly value: string }
  | { readonly kind: 'progress'; readonly percent: number }
  | { readonly kind: 'output'; readonly name: string; readonly value: string }
  | { readonly kind: 'artifact'; readonly name: string; readonly directory: string }
  | { readonly kind: 'attachment'; readonly type: string; readonly name: string; readonly file: string }
  | { readonly kind: 'summary'; readonly title: string; readonly file: string };

/** An agent that keeps what is done to it. Its names are the task's own, so a test cannot set an input that does not exist. */
export class FakeAgent<Input extends string = string, Output extends string = string> implements Agent<Input, Output> {
  readonly events: AgentEvent[] = [];
  readonly inputs: Partial<Record<Input, string>>;
  readonly variables: Record<string, string>;
  readonly endpoints: Record<string, FakeEndpoint>;

  constructor(given: { inputs?: Partial<Record<Input, string>>; variables?: Record<string, string>; endpoints?: Record<string, FakeEndpoint> } = {}) {
    this.inputs = { ...given.inputs };
    this.variables = { ...given.variables };
    this.endpoints = { ...given.endpoints };
  }

  readonly log: Log = {
    info: (text) => this.#note({ kind: 'info', text }),
    section: (text) => this.#note({ kind: 'section', text }),
    warning: (text) => this.#note({ kind: 'warning', text }),
    error: (text) => this.#note({ kind: 'error', text }),
    debug: (text) => this.#note({ kind: 'debug', text }),
  };

  /** The texts of one kind of line, or of all lines. */
  lines(kind?: keyof Log): string[] {
    return this.events.flatMap((event) => ('text' in event && (kind === undefined || event.kind === kind) ? [event.text] : []));
  }

  get secrets(): string[] {
    return this.events.flatMap((event) => (event.kind === 'secret' ? [event.value] : []));
  }

  input(name: Input): string | undefined {
    return present(this.inputs[name]);
  }

  variable(name: string): string | undefined {
    return present(this.variables[name]);
  }

  endpoint(id: string): Endpoint | undefined {
    const endpoint = this.endpoints[id];
    if (!endpoint) return undefined;
    const parameters = new Map(Object.entries(endpoint.parameters ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
    return { id, url: endpoint.url, scheme: endpoint.scheme?.toLowerCase(), parameter: (name) => present(parameters.get(name.toLowerCase())) };
  }

  registerSecret(value: string): void {
    this.#note({ kind: 'secret', value });
  }

  progress(percent: number): void {
    this.#note({ kind: 'progress', percent });
  }

  setOutput(name: Output, value: string): void {
    this.#note({ kind: 'output', name, value });
  }

  publishArtifact(name: string, directory: string): void {
    this.#note({ kind: 'artifact', name, directory });
  }

  attachSummary(title: string, file: string): void {
    this.#note({ kind: 'summary', title, file });
  }

  attachFile(type: string, name: string, file: string): void {
    this.#note({ kind: 'attachment', type, name, file });
  }

  #note(event: AgentEvent): void {
    this.events.push(event);
  }
}

function present(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === '' ? undefined : trimmed;
}
