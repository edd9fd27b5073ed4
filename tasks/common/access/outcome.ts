import type { AuditLogPage } from '../auditlog/page';
import { TaskError } from '../errors/taskError';

/** Whether the query for one entry was answered. */
export function isPage(outcome: AuditLogPage | TaskError): outcome is AuditLogPage {
  return !(outcome instanceof TaskError);
}
