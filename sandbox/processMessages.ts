import type {JobContext, SandboxNetwork} from './jobContext';
import type {SandboxOptions} from './sandbox';

/** {@link SandboxOptions} as JSON: the clock stands still at `now` (ms since 1970), or goes with the machine's. */
export type ProcessOptions = Omit<SandboxOptions, 'clock'> & {readonly now?: number};

/** The line that a stand-in in a process of its own prints once it serves. */
export interface ReadyLine {
  readonly network: SandboxNetwork;
  readonly job: JobContext;
  readonly servicePort: number;
  /** Keys of the key vault. */
  readonly vaultKeys: readonly {readonly name: string; readonly version: string; readonly publicKeyPem: string}[];
  /** `http://127.0.0.1:port/`: requests, tokens, truth, faults, switches, pipelines, now. */
  readonly controlUrl: string;
}
