/** Texts that follow each other: pieces of base64 that stand for themselves, or chunks. They can be read once. */
export type RowTexts = AsyncIterable<string> | Iterable<string>;
