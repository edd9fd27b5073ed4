/** Shortest piece of a secret whose appearance counts as a leak: long enough that chance never makes it. */
const PIECE_LENGTH = 20;

/** Finds secrets, and pieces of them, in text: as they are and in every encoding in which a program could pass them on. */
export class SecretSearch {
  readonly #pieces = new Map<string, string>();
  readonly #short = new Map<string, string>();

  /** @param secrets what each is called in a finding, and its value */
  constructor(secrets: Iterable<readonly [name: string, value: string]>) {
    for (const [name, value] of secrets) {
      for (const [encoding, form] of formsOf(value)) this.#add(`${name} (${encoding})`, form);
    }
  }

  /** What is found in a text, each once; empty when nothing is. */
  find(text: string): string[] {
    const found = new Set<string>();
    for (let at = 0; at + PIECE_LENGTH <= text.length; at += 1) {
      const name = this.#pieces.get(text.slice(at, at + PIECE_LENGTH));
      if (name !== undefined) found.add(name);
    }
    for (const [form, name] of this.#short) if (text.includes(form)) found.add(name);
    return [...found];
  }

  #add(name: string, form: string): void {
    if (form.length < PIECE_LENGTH) this.#short.set(form, name);
    for (let at = 0; at + PIECE_LENGTH <= form.length; at += 1) {
      const piece = form.slice(at, at + PIECE_LENGTH);
      if (!this.#pieces.has(piece)) this.#pieces.set(piece, name);
    }
  }
}

/** A secret in all its forms. The forms of a longer text that holds it, `user:secret` for example, hold one of these. */
export function formsOf(secret: string): (readonly [encoding: string, form: string])[] {
  const bytes = Buffer.from(secret, 'utf8');
  const hex = bytes.toString('hex');
  const base64 = [0, 1, 2].map((offset) => base64At(bytes, offset));
  return [
    ['plain', secret],
    ['URL-encoded', encodeURIComponent(secret)],
    ['URL-encoded twice', encodeURIComponent(encodeURIComponent(secret))],
    ['JSON', JSON.stringify(secret).slice(1, -1)],
    ['hexadecimal', hex],
    ['upper-case hexadecimal', hex.toUpperCase()],
    ...base64.map((form, offset) => [`base64 at offset ${offset}`, form] as const),
    ...base64.map((form, offset) => [`base64url at offset ${offset}`, form.replaceAll('+', '-').replaceAll('/', '_')] as const),
  ];
}

/** The characters of base64 that depend on the secret alone when it stands `offset` bytes behind a multiple of three. */
function base64At(bytes: Buffer, offset: number): string {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
  const spoiledByBefore = Math.ceil((offset * 8) / 6);
  return whole.toString('base64').slice(spoiledByBefore, Math.floor(whole.length / 3) * 4);
}
