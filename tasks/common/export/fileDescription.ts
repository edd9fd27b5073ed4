/** `jsonl`, `csv` and `json` hold the entries; `anomalies` the original bytes of entries that had to be repaired. */
export type FileFormat = 'jsonl' | 'csv' | 'json' | 'anomalies';

/** A file of an export, as everything after the writing knows it. */
export interface FileDescription {
  /** File name inside the export folder. */
  readonly name: string;
  readonly format: FileFormat;
  readonly bytes: number;
  /** SHA-256 of the file, lower-case hexadecimal. */
  readonly sha256: string;
  /** SHA-256 of the content before compression; equal to `sha256` where nothing is compressed. */
  readonly contentSha256: string;
  readonly entries: number;
}
