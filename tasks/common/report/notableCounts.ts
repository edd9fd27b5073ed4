import type { DocumentedField } from '../auditlog/documentedFields';
import type { AuditLogEntry } from '../auditlog/entry';
import { millisOfTicks } from '../time/ticks';
import { cutText } from './cutText';
import { mayBeNotable, notableRule, type Said } from './notable';
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
    if (!mayBeNotable(action, entry.raw)) return;
    const rule = notableRule(new SaidOfEntry(entry, action));
    if (rule === undefined) return;
    const isShown = (this.#found.get(rule)?.shown.length ?? 0) < MOST_SHOWN;
    this.addFinding({ rule, entries: 1, shown: isShown ? [shownOf(entry, actor)] : [] });
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

/** Parsed when it is asked for. */
class SaidOfEntry implements Said {
  constructor(readonly entry: AuditLogEntry, readonly actionId: string | undefined) {}

  get data(): unknown {
    return valueOf(this.entry, 'data');
  }

  get details(): unknown {
    return valueOf(this.entry, 'details');
  }
}

function shownOf(entry: AuditLogEntry, actor: ReportActor | undefined): NotableEntry {
  const text = (name: DocumentedField, longest: number): string => {
    const value = valueOf(entry, name);
    return typeof value === 'string' ? cutText(value, longest) : '';
  };
  return {
    id: cutText(entry.id, LONGEST_TEXT), ms: millisOfTicks(entry.ticks), action: text('actionId', LONGEST_TEXT), actor: cutText(actor?.name ?? '', LONGEST_TEXT),
    project: text('projectName', LONGEST_TEXT) || null, details: text('details', LONGEST_DETAILS),
  };
}

function valueOf(entry: AuditLogEntry, name: DocumentedField): unknown {
  const json = entry.json(name);
  return json === undefined ? undefined : JSON.parse(json);
}
