/**
 * Stable names of the failures a user can meet. They appear in the log beside the sentence, so that
 * a search for one finds its page, and they never change once released.
 */
export type ErrorCode =
  | 'INPUTS_INVALID'
  | 'NODE_TOO_OLD'
  | 'CONNECTION_NOT_FEDERATED'
  | 'CONNECTION_INCOMPLETE'
  | 'JOB_CONTEXT_INCOMPLETE'
  | 'TOKEN_HOST_REFUSED'
  | 'ASSERTION_REFUSED'
  | 'SIGN_IN_REFUSED'
  | 'NETWORK_UNREACHABLE'
  | 'CERTIFICATE_NOT_TRUSTED'
  | 'NETWORK_SETTINGS_UNREADABLE'
  | 'RESPONSE_TOO_LARGE'
  | 'DOWNLOAD_TOO_LARGE'
  | 'RESPONSE_BROKEN'
  | 'SERVICE_FAILING'
  | 'THROTTLED_TOO_LONG'
  | 'PROJECT_IS_PUBLIC'
  | 'PROJECT_VISIBILITY_UNKNOWN'
  | 'ORGANIZATION_NOT_FOUND'
  | 'ORGANIZATION_OTHER_TENANT'
  | 'SIGNING_KEY_REFUSED'
  | 'SIGNING_KEY_NOT_FOUND'
  | 'SIGNING_KEY_UNUSABLE'
  | 'RUN_NOT_RETAINED'
  | 'AUDIT_SIGN_IN_REFUSED'
  | 'AUDIT_ACCESS_DENIED'
  | 'AUDIT_NOT_FOUND'
  | 'AUDIT_REQUEST_REFUSED'
  | 'AUDIT_ANSWER_UNREADABLE'
  | 'AUDIT_PAGING_BROKEN'
  | 'AUDIT_ORDER_BROKEN'
  | 'OUTPUT_DISK_FULL'
  | 'OUTPUT_NOT_WRITABLE'
  | 'OUTPUT_DIRECTORY_NOT_DEDICATED'
  | 'PREVIOUS_EXPORTS_REFUSED'
  | 'PREVIOUS_EXPORTS_UNREADABLE'
  | 'CHAIN_NOT_FOUND'
  | 'ENTRIES_LOST'
  | 'ARTIFACT_REFUSED'
  | 'ARTIFACT_NOT_DOWNLOADABLE'
  | 'NO_EXPORTS_FOUND'
  | 'VERIFICATION_FAILED'
  | 'ACCESS_CHECK_FAILED'
  | 'MAX_DURATION_REACHED'
  | 'CANCELED'
  | 'UNEXPECTED';

export interface TaskErrorOptions {
  /** How to fix it: the exact setting, page, command or YAML line; one step an item. */
  readonly advice?: readonly string[];
  /** What the service calls this request; support can find it by this. */
  readonly activityId?: string | undefined;
  /** HTTP status of the answer that refused; for code that has to tell refusals apart. */
  readonly status?: number | undefined;
  /** The service's own code, such as TF401444 or AADSTS700213. */
  readonly serviceCode?: string | undefined;
  /** Kept for debugging in code; never printed, because library texts can hold secrets. */
  readonly cause?: unknown;
}

/** A failure that a user can meet: what is wrong in one sentence, and what to do about it. */
export class TaskError extends Error {
  readonly code: ErrorCode;
  readonly advice: readonly string[];
  readonly activityId: string | undefined;
  readonly status: number | undefined;
  readonly serviceCode: string | undefined;

  constructor(code: ErrorCode, message: string, options: TaskErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TaskError';
    this.code = code;
    this.advice = options.advice ?? [];
    this.activityId = options.activityId;
    this.status = options.status;
    this.serviceCode = options.serviceCode;
  }
}

/**
 * The failure to show for anything that was thrown. What is not a {@link TaskError} is a fault of ours, and
 * its text is withheld: library texts can hold headers and tokens.
 */
export function asTaskError(thrown: unknown): TaskError {
  if (thrown instanceof TaskError) return thrown;
  const kind = thrown instanceof Error ? thrown.name : typeof thrown;
  const code = thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
  return new TaskError('UNEXPECTED', `The task met a fault that it does not know (${kind}${code ? `, ${code}` : ''}).`, {
    cause: thrown,
    advice: ['Run the pipeline again with system diagnostics enabled, and report the log as an issue of this extension.'],
  });
}
