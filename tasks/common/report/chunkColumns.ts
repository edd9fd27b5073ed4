import type { DictionaryColumn, ReportActor, RowColumns } from './reportData';
import { NO_ACTOR } from './reportActor';

/** What a row shows of an entry. */
export interface Row {
  /** Since 1970, UTC. */
  readonly ms: number;
  readonly id: string;
  readonly actor: ReportActor | undefined;
  readonly mechanism: string | null;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly isOwn: boolean;
  readonly isLate: boolean;
}

/** Rows by column, until there are enough for a chunk. The pages in the browser make theirs of JSON Lines with it. */
export class ChunkColumns {
  readonly #ms: number[] = [];
  readonly #id: string[] = [];
  readonly #correlation = new Dictionary<string>();
  readonly #actor = new Dictionary<ReportActor>();
  readonly #category = new Dictionary<string | null>();
  readonly #area = new Dictionary<string | null>();
  readonly #action = new Dictionary<string | null>();
  readonly #ip = new Dictionary<string | null>();
  readonly #mechanism = new Dictionary<string | null>();
  readonly #project = new Dictionary<string | null>();
  readonly #details = new Dictionary<string>();
  readonly #own: number[] = [];
  readonly #late: number[] = [];
  #previousMs = 0;

  get rows(): number {
    return this.#id.length;
  }

  add({ ms, id, actor = NO_ACTOR, mechanism, fields, isOwn, isLate }: Row): void {
    if (isOwn) this.#own.push(this.rows);
    if (isLate) this.#late.push(this.rows);
    this.#ms.push(this.rows === 0 ? ms : this.#previousMs - ms);
    this.#previousMs = ms;
    this.#id.push(id);
    this.#addText(this.#correlation, fields['correlationId']);
    this.#actor.add(`${actor.kind}\n${actor.id}\n${actor.name}\n${actor.upn ?? ''}`, actor);
    this.#addName(this.#category, fields['category']);
    this.#addName(this.#area, fields['area']);
    this.#addName(this.#action, fields['actionId']);
    this.#addName(this.#ip, fields['ipAddress']);
    this.#mechanism.add(mechanism, mechanism);
    this.#addName(this.#project, fields['projectName']);
    this.#addText(this.#details, fields['details']);
  }

  columns(): RowColumns {
    return {
      ms: this.#ms, id: this.#id, correlation: this.#correlation, actor: this.#actor, category: this.#category, area: this.#area, action: this.#action,
      ip: this.#ip, mechanism: this.#mechanism, project: this.#project, details: this.#details, own: this.#own, late: this.#late,
    };
  }

  #addName(column: Dictionary<string | null>, value: unknown): void {
    const name = nameOf(value);
    column.add(name, name);
  }

  #addText(column: Dictionary<string>, value: unknown): void {
    const text = typeof value === 'string' ? value : '';
    column.add(text, text);
  }
}

/** Null for what is no text, or an empty one. */
export function nameOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

class Dictionary<Value> implements DictionaryColumn<Value> {
  readonly values: Value[] = [];
  readonly index: number[] = [];
  readonly #known = new Map<string | null, number>();

  add(key: string | null, value: Value): void {
    let at = this.#known.get(key);
    if (at === undefined) {
      at = this.values.length;
      this.#known.set(key, at);
      this.values.push(value);
    }
    this.index.push(at);
  }
}
