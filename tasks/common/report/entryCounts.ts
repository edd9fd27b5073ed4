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

  /** Entries come newest first. @param ms since 1970, UTC */
  add(id: string, ms: number, fields: Readonly<Record<string, unknown>>, actor: ReportActor | undefined, mechanism: string | null): void {
    const second = Math.floor(ms / 1000);
    const { category, area, ip, mechanism: mechanisms, project } = this.#others;
    this.#timeSlots.add(second, fields['category']);
    this.#weekdayHours.add(second);
    category.add(fields['category']);
    area.add(fields['area']);
    this.actions.add(fields['actionId']);
    this.actors.addActor(actor);
    ip.add(fields['ipAddress']);
    mechanisms.add(mechanism);
    project.add(fields['projectName']);
    this.#notable.add(id, ms, fields, actor);
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
