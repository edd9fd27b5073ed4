import type { AuditLogEntry } from './entry';
import type { FilterKey, FilterRule } from './filterRules';

/** The rules of a filter as they are shown and recorded. */
export interface FilterText {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** The fields of an entry that a rule looks at: one that fits is enough. An actor has no one name, and a project has an id too. */
const FIELDS: Readonly<Record<FilterKey, readonly ((entry: AuditLogEntry) => string | undefined)[]>> = {
  area: [(entry) => entry.names().area],
  category: [(entry) => entry.names().category],
  action: [(entry) => entry.names().action],
  actor: [
    (entry) => entry.text('actorDisplayName'), (entry) => entry.text('actorUPN'), (entry) => entry.text('actorUserId'), (entry) => entry.text('actorCUID'),
    (entry) => entry.text('actorClientId'),
  ],
  project: [(entry) => entry.text('projectName'), (entry) => entry.text('projectId')],
  ip: [(entry) => entry.text('ipAddress')],
};

/** Answers that are remembered for each rule; names come again and again. */
const MOST_REMEMBERED = 2_000;

/**
 * Chooses what the views show: CSV, report and summary. Never the evidence.
 * An entry is shown when, for each key that `include` names, one of its rules of that key fits, and no rule of `exclude` fits.
 */
export class ViewFilter {
  readonly text: FilterText;
  readonly #include: readonly (readonly RememberedRule[])[];
  readonly #exclude: readonly RememberedRule[];

  constructor(include: readonly FilterRule[], exclude: readonly FilterRule[]) {
    this.text = { include: include.map(({ text }) => text), exclude: exclude.map(({ text }) => text) };
    const keys = new Set(include.map(({ key }) => key));
    this.#include = [...keys].map((key) => include.filter((rule) => rule.key === key).map((rule) => new RememberedRule(rule)));
    this.#exclude = exclude.map((rule) => new RememberedRule(rule));
  }

  passes(entry: AuditLogEntry): boolean {
    return this.#include.every((rules) => rules.some((rule) => rule.fits(entry))) && !this.#exclude.some((rule) => rule.fits(entry));
  }
}

class RememberedRule {
  readonly #rule: FilterRule;
  readonly #fields: (typeof FIELDS)[FilterKey];
  readonly #answers = new Map<string, boolean>();

  constructor(rule: FilterRule) {
    this.#rule = rule;
    this.#fields = FIELDS[rule.key];
  }

  fits(entry: AuditLogEntry): boolean {
    return this.#fields.some((textOf) => {
      const text = textOf(entry);
      return text !== undefined && this.#answer(text);
    });
  }

  #answer(text: string): boolean {
    const known = this.#answers.get(text);
    if (known !== undefined) return known;
    const answer = this.#rule.fits(text);
    if (this.#answers.size < MOST_REMEMBERED) this.#answers.set(text, answer);
    return answer;
  }
}
