import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder for each test of the calling suite, removed after it. @returns a function that names the running test's folder */
export function temporaryFolder(): () => string {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(path.join(tmpdir(), 'audit-log-')); });
  afterEach(() => { rmSync(folder, { recursive: true, force: true }); });
  return () => folder;
}
