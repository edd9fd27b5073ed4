import type {Directory} from './directory';
import {EventKinds, type EventKind} from './eventKinds';
import {invertedTicks, timestampText} from './instant';
import type {SeededRandom} from './random';
import type {Shelf} from './shelf';
import {spoil, spoilsNothing, type TextOptions} from './spoiling';

/** Writes the entries of one organization. */
export class EntryWriter {
  private readonly kinds: EventKinds;
  private readonly plain: boolean;

  constructor(directory: Directory, seed: number, private readonly options: TextOptions) {
    this.kinds = new EventKinds(directory, seed);
    this.plain = spoilsNothing(options);
  }

  /**
   * Writes the next entry.
   *
   * @param ms time of the event in ms since 1970
   * @param subTicks the rest of the time, 0 to 9999 ticks of 100 ns
   * @param visibleFrom when queries begin to see the entry
   */
  write(shelf: Shelf, random: SeededRandom, ms: number, subTicks: number, visibleFrom: number): void {
    const kind = this.kinds.draw(random);
    const eventId = random.guid();
    const id = `${invertedTicks(ms, subTicks)};${kind.serviceId};${eventId}`;
    const timestamp = timestampText(ms, subTicks, random.chance(0.3) ? 'Z' : '+00:00');
    const ids = `{"id":"${id}","correlationId":"${random.chance(0.6) ? eventId : random.guid()}","activityId":"${random.guid()}",`;
    if (this.plain && kind.tailBytes !== undefined) writePlain(shelf, ids, kind, kind.tailBytes, timestamp);
    else this.writeSpoiled(shelf, random, `${ids}${kind.head}"timestamp":"${timestamp}"${kind.tail(timestamp)}`);
    shelf.end(id, ms, subTicks, visibleFrom, kind.accessBy);
  }

  private writeSpoiled(shelf: Shelf, random: SeededRandom, json: string): void {
    const text = spoil(json, random, this.options);
    shelf.begin(text.length * 3);
    shelf.utf8(text);
  }
}

function writePlain(shelf: Shelf, ids: string, kind: EventKind, tail: Buffer, timestamp: string): void {
  shelf.begin(kind.headBytes.length + tail.length);
  shelf.ascii(ids);
  shelf.bytes(kind.headBytes);
  shelf.ascii(`"timestamp":"${timestamp}"`);
  shelf.bytes(tail);
}
