/** Instants as people read them: `2026-11-20 14:03:07` in a time zone. */
export class ZoneClock {
  /** IANA name. */
  readonly zone: string;
  readonly #seconds: Intl.DateTimeFormat;

  /** @param zone IANA name; the browser's own when it is not given, and UTC when the browser does not know it */
  constructor(zone?: string) {
    const [format, known] = formatOf(zone);
    this.#seconds = format;
    this.zone = known;
  }

  /** To the second. */
  seconds(ms: number): string {
    return isInstant(ms) ? this.#seconds.format(ms) : '';
  }

  /** To the minute. */
  minutes(ms: number): string {
    return this.seconds(ms).slice(0, '2026-11-20 14:03'.length);
  }

  date(ms: number): string {
    return this.seconds(ms).slice(0, '2026-11-20'.length);
  }
}

function formatOf(zone: string | undefined): [Intl.DateTimeFormat, string] {
  // Sweden writes dates as ISO 8601 does.
  const options: Intl.DateTimeFormatOptions = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };
  try {
    const format = new Intl.DateTimeFormat('sv-SE', zone === undefined ? options : { ...options, timeZone: zone });
    return [format, format.resolvedOptions().timeZone];
  } catch {
    return [new Intl.DateTimeFormat('sv-SE', { ...options, timeZone: 'UTC' }), 'UTC'];
  }
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
