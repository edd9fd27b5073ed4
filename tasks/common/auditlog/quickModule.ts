/** A module of assembly/ at work: its memory, and what it exports. */
export interface QuickModule<Exports> {
  readonly exports: Exports;
  /** All of its memory; another array after {@link reserve}. */
  bytes: Buffer;
  /** The same in numbers of 32 bits. */
  numbers: Int32Array;
  /** Makes its memory at least so large, bytes. */
  reserve(size: number): void;
}

/** A number that a module exports. */
export interface ExportedNumber {
  readonly value: number;
}

/** Node's types do not name it (https://webassembly.github.io/spec/js-api/). */
declare const WebAssembly: {
  Memory: new () => { readonly buffer: ArrayBuffer; grow(pages: number): number };
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
  validate(bytes: Uint8Array): boolean;
};

const PAGE_BYTES = 64 * 1024;

/** Starts a module; undefined on a processor that cannot look at 16 bytes at a time. @param base64 what `npm run assembly` has made */
export function startQuickModule<Exports>(base64: string): QuickModule<Exports> | undefined {
  const binary = Buffer.from(base64, 'base64');
  if (!WebAssembly.validate(binary)) return undefined;
  const exports = new WebAssembly.Instance(new WebAssembly.Module(binary)).exports as Exports & { readonly memory: InstanceType<typeof WebAssembly.Memory> };
  const { memory } = exports;
  return {
    exports,
    bytes: Buffer.from(memory.buffer),
    numbers: new Int32Array(memory.buffer),
    reserve(size) {
      if (memory.buffer.byteLength >= size) return;
      memory.grow(Math.ceil((size - memory.buffer.byteLength) / PAGE_BYTES));
      this.bytes = Buffer.from(memory.buffer);
      this.numbers = new Int32Array(memory.buffer);
    },
  };
}
