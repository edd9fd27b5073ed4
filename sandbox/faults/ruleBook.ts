import {isConnectFault, type Fault, type FaultRule} from './fault';

/** A fault that strikes now, with the memory of its rule. */
export interface StruckFault {
  readonly fault: Fault;
  readonly memory: Map<string, unknown>;
}

/** What a rule is matched against. */
export interface FaultTarget {
  readonly host: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
}

interface ActiveRule {
  readonly rule: FaultRule;
  readonly memory: Map<string, unknown>;
  seen: number;
  struck: number;
}

/** Decides which requests go wrong. */
export class RuleBook {
  private rules: readonly ActiveRule[] = [];
  private readonly log: string[] = [];

  constructor(rules: readonly FaultRule[] = []) {
    this.set(rules);
  }

  /** Replaces all rules; their counts begin anew. */
  set(rules: readonly FaultRule[]): void {
    this.rules = rules.map((rule) => ({rule, memory: new Map(), seen: 0, struck: 0}));
  }

  /** Kind and target of every fault that struck, in order: `truncatedBody auditservice.dev.azure.com/fabrikam/…`. */
  get fired(): readonly string[] {
    return this.log;
  }

  /**
   * Finds the fault for a request. Every matching rule counts the request, the first that is due strikes.
   *
   * @param stage whether a tunnel is being asked for or a request has arrived
   */
  strike(stage: 'connect' | 'request', target: FaultTarget): StruckFault | undefined {
    let struck: StruckFault | undefined;
    for (const active of this.rules) {
      if ((stage === 'connect') !== isConnectFault(active.rule.fault) || !matches(active.rule, target)) continue;
      active.seen += 1;
      if (struck !== undefined || !isDue(active)) continue;
      active.struck += 1;
      struck = {fault: active.rule.fault, memory: active.memory};
      this.log.push(`${active.rule.fault.kind} ${target.host}${target.path}`);
    }
    return struck;
  }
}

function matches({match}: FaultRule, target: FaultTarget): boolean {
  if (match.host !== undefined && match.host.toLowerCase() !== target.host.toLowerCase()) return false;
  if (match.method !== undefined && match.method.toUpperCase() !== target.method.toUpperCase()) return false;
  return match.path === undefined || target.path.toLowerCase().includes(match.path.toLowerCase());
}

function isDue({rule: {match, times}, seen, struck}: ActiveRule): boolean {
  if (times !== undefined && struck >= times) return false;
  if (match.nth !== undefined) return seen === match.nth;
  if (match.from !== undefined && seen < match.from) return false;
  return match.every === undefined || seen % match.every === 0;
}
