import type { AuditLogEntry } from '../auditlog/entry';
import type { FileCut } from './fileCut';
import type { FileDescription } from './fileDescription';

/** Writes entries in one format; entries come newest first, each once. */
export interface FormatWriter {
  /** A view, which a filter may leave entries out of; undefined for evidence. */
  readonly isView?: true;
  /** @throws TaskError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE */
  write(entries: readonly AuditLogEntry[]): Promise<void>;
  /** Completes the files; without entries they are valid and empty. */
  finish(): Promise<FileDescription[]>;
  /** Where the finished file can be cut, from its beginning on; undefined for a format whose beginning is of no use. */
  cuts?(): readonly FileCut[];
  /** Closes what is open after a failure. */
  abandon(): Promise<void>;
}
