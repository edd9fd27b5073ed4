const HEX4 = Array.from({length: 65_536}, (_, value) => value.toString(16).padStart(4, '0'));

/**
 * A seeded stream of random numbers (sfc32): the same seed and stream number give the same sequence everywhere.
 * Fast rather than unpredictable; nothing here is a secret.
 */
export class SeededRandom {
  private first: number;
  private second: number;
  private third = 0x9e37_79b9;
  private counter = 1;

  constructor(seed: number, stream: number) {
    this.first = Math.imul(seed | 0, 0x85eb_ca6b) ^ 0x2545_f491;
    this.second = Math.imul(stream | 0, 0xc2b2_ae35) ^ Math.floor(stream / 2 ** 32);
    for (let round = 0; round < 12; round += 1) this.next32();
  }

  /** The next unsigned 32-bit number. */
  next32(): number {
    const sum = (((this.first + this.second) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.first = this.second ^ (this.second >>> 9);
    this.second = (this.third + (this.third << 3)) | 0;
    this.third = ((this.third << 21) | (this.third >>> 11)) + sum | 0;
    return sum >>> 0;
  }

  /** A whole number from 0 to `limit` − 1. `limit` may be as large as 2^53. */
  below(limit: number): number {
    if (limit <= 0x1_0000_0000) return Math.floor((this.next32() / 0x1_0000_0000) * limit);
    const fraction = (this.next32() * 0x20_0000 + (this.next32() >>> 11)) / 2 ** 53;
    return Math.floor(fraction * limit);
  }

  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean {
    return this.next32() < probability * 0x1_0000_0000;
  }

  /** One member of a list that is not empty. */
  pick<Item>(list: readonly Item[]): Item {
    return list[this.below(list.length)] as Item;
  }

  /** A version 4 GUID in lower case: one of 4,096 beginnings and 48 random bits. */
  guid(): string {
    const head = this.next32();
    const tail = this.next32();
    return (GUID_STARTS[head & 0xfff] as string) + (HEX4[head >>> 16] as string) + (HEX4[tail >>> 16] as string) + (HEX4[tail & 0xffff] as string);
  }
}

/** The parts of GUIDs before the last group; taking them ready-made triples the speed of writing entries. */
const GUID_STARTS = Array.from({length: 4096}, (_, index) => {
  const random = new SeededRandom(0x6d1d, index);
  const hex4 = (): string => HEX4[random.below(65_536)] as string;
  return `${hex4()}${hex4()}-${hex4()}-4${hex4().slice(1)}-${random.pick(['8', '9', 'a', 'b'])}${hex4().slice(1)}-`;
});
