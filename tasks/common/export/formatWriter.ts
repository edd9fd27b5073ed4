import type { AuditLogEntry } from '../auditlog/entry';
import type { FileDescription } from './fileDescription';

/** Writes entries in one format; entries come newest first, each once. */
export interface FormatWriter {
  /** @throws TaskError OUTPUT_DISK_FULL, OUTPUT_NOT_WRITABLE */
  write(entries: readonly AuditLogEntry[]): Promise<void>;
  /** Completes the files; without entries they are valid and empty. */
  finish(): Promise<FileDescription[]>;
  /** Closes what is open after a failure. */
  abandon(): Promise<void>;
}
