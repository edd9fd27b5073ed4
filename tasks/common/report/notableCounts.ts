import type { AuditLogEntry } from '../auditlog/entry';
import { millisOfTicks } from '../time/ticks';
import { cutText } from './cutText';
import { isLookedAt, notableRule } from './notable';
import { NOTABLE_RULES } from './notableRules';
import type { NotableEntry, NotableFinding, ReportActor } from './reportData';

/** Most entries of a rule that are shown. */
export const MOST_SHOWN = 20;
const LONGEST_DETAILS = 300;
const LONGEST_TEXT = 200;

interface Found {
  entries: number;
  readonly shown: NotableEntry[];
}

/** Counts what the rules of the Notable list find, and keeps the newest of each. */
export class NotableCounts {
  readonly #found = new Map<string, Found>();

  /** Entries come newest first. @param action the entry's */
  add(entry: AuditLogEntry, action: string | undefined, actor: ReportActor | undefined): void {
    if (!isLookedAt(action)) return;
    const fields = entry.fields();
    const rule = notableRule(fields);
    if (rule === undefined) return;
    const text = (name: string, longest: number): string => (typeof fields[name] === 'string' ? cutText(fields[name], longest) : '');
    this.addFinding({
      rule,
      entries: 1,
      shown: [{
        id: cutText(entry.id, LONGEST_TEXT), ms: millisOfTicks(entry.ticks), action: text('actionId', LONGEST_TEXT), actor: cutText(actor?.name ?? '', LONGEST_TEXT),
        project: text('projectName', LONGEST_TEXT) || null, details: text('details', LONGEST_DETAILS),
      }],
    });
  }

  /** @param finding whose entries are older than those that were added before */
  addFinding({ rule, entries, shown }: NotableFinding): void {
    const found = this.#found.get(rule) ?? { entries: 0, shown: [] };
    this.#found.set(rule, found);
    found.entries += entries;
    found.shown.push(...shown.slice(0, MOST_SHOWN - found.shown.length));
  }

  /** In the order of the rules. */
  findings(): NotableFinding[] {
    return NOTABLE_RULES.flatMap(({ id }) => {
      const found = this.#found.get(id);
      return found ? [{ rule: id, entries: found.entries, shown: found.shown }] : [];
    });
  }
}
