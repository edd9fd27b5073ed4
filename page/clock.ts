/** Instants as people read them: `2026-11-20 14:03:07` in a time zone. */
export class ZoneClock {
  /** IANA name. */
  readonly zone: string;
  readonly #seconds: (ms: number) => string;

  /** @param zone IANA name; the browser's own when it is not given, and UTC when the browser does not know it */
  constructor(zone?: string) {
    const format = zone === undefined || zone === 'UTC' ? undefined : formatOf(zone);
    this.zone = format?.resolvedOptions().timeZone ?? (zone === undefined ? localZone() : 'UTC');
    // A format takes longer to be made than all that the page shows first.
    this.#seconds = format ? (ms) => format.format(ms) : zone === undefined ? localSeconds : utcSeconds;
  }

  /** To the second. */
  seconds(ms: number): string {
    return isInstant(ms) ? this.#seconds(ms) : '';
  }

  /** To the minute. */
  minutes(ms: number): string {
    return this.seconds(ms).slice(0, '2026-11-20 14:03'.length);
  }

  date(ms: number): string {
    return this.seconds(ms).slice(0, '2026-11-20'.length);
  }
}

/** Temporal knows it at once, where a browser has it; the first format of a page is made in 50 ms and more. */
function localZone(): string {
  const { Temporal: temporal } = globalThis as { readonly Temporal?: { readonly Now: { timeZoneId(): string } } };
  return temporal?.Now.timeZoneId() ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Undefined where the browser does not know the zone. */
function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    // Sweden writes dates as ISO 8601 does.
    return new Intl.DateTimeFormat('sv-SE', { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZone });
  } catch {
    return undefined;
  }
}

function utcSeconds(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, -'.123Z'.length);
}

function localSeconds(ms: number): string {
  const date = new Date(ms);
  const [year, ...others] = [date.getFullYear(), date.getMonth() + 1, date.getDate(), date.getHours(), date.getMinutes(), date.getSeconds()];
  const [month, day, ...time] = others.map((part) => String(part).padStart(2, '0'));
  return `${String(year).padStart(4, '0')}-${month}-${day} ${time.join(':')}`;
}

function isInstant(ms: number): boolean {
  return Math.abs(ms) < 8.64e15;
}

/** `2026-11-20T14:03:07.123Z`; empty for what is no instant. */
export function utcText(ms: number): string {
  return isInstant(ms) ? new Date(ms).toISOString() : '';
}

/** `weekday * 24 + hour` (Monday is 0) of instants in a time zone. Offsets change at quarters of an hour at the finest, so one look-up serves each quarter. */
export class HourOfWeek {
  readonly #clock: ZoneClock;
  readonly #known = new Map<number, number>();

  constructor(zone: string) {
    this.#clock = new ZoneClock(zone);
  }

  of(ms: number): number {
    const quarter = Math.floor(ms / 900_000);
    let hour = this.#known.get(quarter);
    if (hour === undefined) {
      hour = this.#look(quarter * 900_000);
      this.#known.set(quarter, hour);
    }
    return hour;
  }

  #look(ms: number): number {
    const text = this.#clock.seconds(ms);
    const sundayFirst = new Date(`${text.slice(0, '2026-11-20'.length)}T00:00:00Z`).getUTCDay();
    return ((sundayFirst + 6) % 7) * 24 + Number(text.slice('2026-11-20 '.length, '2026-11-20 14'.length)) || 0;
  }
}
