import type { AuditLogEntry } from '../auditlog/entry';
import { epochSecondsOf } from '../time/ticks';
import type { Window } from '../window/window';
import type { LocalClock } from './localClock';
import { MOST_LISTED, NameCounts } from './nameCounts';
import { NotableCounts } from './notableCounts';
import { DIMENSIONS, type Dimension, type DimensionCounts, type ReportActor, type ReportData } from './reportData';
import { TimeSlots } from './timeSlots';
import { WeekdayHours } from './weekdayHours';

type Counts = Pick<ReportData, 'overTime' | 'weekdayHours' | 'dimensions' | 'notable'>;

/** Everything that is counted of the entries, our own reading apart. */
export class EntryCounts {
  readonly actors = new NameCounts();
  readonly actions = new NameCounts();
  readonly #others = { category: new NameCounts(), area: new NameCounts(), ip: new NameCounts(), mechanism: new NameCounts(), project: new NameCounts() };
  readonly #timeSlots: TimeSlots;
  readonly #weekdayHours: WeekdayHours;
  readonly #notable = new NotableCounts();

  constructor(covered: Window, clock: LocalClock) {
    this.#timeSlots = new TimeSlots(covered, clock.offsetAt(covered.startSeconds));
    this.#weekdayHours = new WeekdayHours(clock);
  }

  /** Entries come newest first. Nothing is made for a usual one: this is most of what a report costs an export. */
  add(entry: AuditLogEntry, actor: ReportActor | undefined, mechanism: string | null): void {
    const second = epochSecondsOf(entry.ticks);
    const names = entry.names();
    const others = this.#others;
    this.#timeSlots.add(second, names.category);
    this.#weekdayHours.add(second);
    others.category.add(names.category);
    others.area.add(names.area);
    this.actions.add(names.action);
    this.actors.addActor(actor);
    others.ip.add(entry.text('ipAddress'));
    others.mechanism.add(mechanism);
    others.project.add(entry.text('projectName'));
    this.#notable.add(entry, names.action, actor);
  }

  result(): Counts {
    return {
      overTime: this.#timeSlots.overTime(),
      weekdayHours: this.#weekdayHours.counts(),
      dimensions: dimensionsOf({ ...this.#others, action: this.actions, actor: this.actors }),
      notable: this.#notable.findings(),
    };
  }
}

/** As they are listed. */
export function dimensionsOf(counts: Readonly<Record<Dimension, NameCounts>>): Record<Dimension, DimensionCounts> {
  const listed = DIMENSIONS.map((dimension) => [dimension, counts[dimension].counts(MOST_LISTED[dimension])] as const);
  return Object.fromEntries(listed) as Record<Dimension, DimensionCounts>;
}
