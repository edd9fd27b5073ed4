/**
 * The fixed words of a verification. They never change once released, so that a procedure can rest on them.
 *
 * - `hash does not match`: a file or a manifest is not the one that was written.
 * - `not found`: an export, a file or a signature is missing, or time that no export covers.
 * - `invalid format`: what is there contradicts what its manifest says of it, or cannot be read.
 * - `moved`: an export lies in another folder than the one it was written to.
 * - `signature invalid`: a signature is missing though a key was pinned, or does not fit.
 * - `signed by an unpinned key`: the signature fits a key that nobody has vouched for.
 * - `second chain start`: a chain began anew without saying so.
 */
export type Verdict = 'valid' | 'hash does not match' | 'not found' | 'invalid format' | 'moved' | 'signature invalid' | 'signed by an unpinned key' | 'second chain start';

/** Where something was found, as far as that applies. */
export interface Place {
  /** Of an export, below the folder that is verified, with `/`. */
  readonly folder?: string | undefined;
  readonly file?: string | undefined;
  /** From 1. */
  readonly line?: number | undefined;
}

/** Something that is not as it should be, or that a reader should know. */
export interface Finding extends Place {
  readonly verdict: Exclude<Verdict, 'valid'>;
  /** Whether it makes the whole invalid; otherwise it is a note. */
  readonly isInvalid: boolean;
  /** One sentence, with remote text in it not yet disarmed. */
  readonly sentence: string;
}

/** Findings of one file that are named one by one; the others are counted. */
const MOST_OF_ONE_FILE = 20;
/** Findings that are named at all. */
const MOST = 20_000;

/** What a verification found, bounded: a hostile folder must not fill the memory. */
export class Findings {
  readonly all: Finding[] = [];
  /** Findings beyond the bounds; each of them is of a file that has others. */
  unnamed = 0;
  /** How many make the whole invalid. */
  invalidCount = 0;
  readonly #counts = new Map<string, number>();
  readonly #invalidFolders = new Set<string>();

  /** In the order in which places were met; of one file first what concerns the whole, then its lines. */
  get inOrder(): readonly Finding[] {
    const order = new Map<string, number>();
    for (const finding of this.all) if (!order.has(keyOf(finding))) order.set(keyOf(finding), order.size);
    return [...this.all].sort((left, right) => (order.get(keyOf(left)) ?? 0) - (order.get(keyOf(right)) ?? 0) || (left.line ?? 0) - (right.line ?? 0));
  }

  invalid(verdict: Finding['verdict'], place: Place, sentence: string): void {
    this.#add({ verdict, isInvalid: true, ...place, sentence });
  }

  note(verdict: Finding['verdict'], place: Place, sentence: string): void {
    this.#add({ verdict, isInvalid: false, ...place, sentence });
  }

  /** Whether nothing invalid was found in an export. @param folder as in {@link Place} */
  isValid(folder: string): boolean {
    return !this.#invalidFolders.has(folder);
  }

  #add(finding: Finding): void {
    if (finding.isInvalid) {
      this.invalidCount += 1;
      if (finding.folder !== undefined) this.#invalidFolders.add(finding.folder);
    }
    const key = keyOf(finding);
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    if ((finding.file !== undefined && count > MOST_OF_ONE_FILE) || this.all.length >= MOST) this.unnamed += 1;
    else this.all.push(finding);
  }
}

function keyOf({ folder, file }: Place): string {
  return `${folder ?? ''}/${file ?? ''}`;
}
