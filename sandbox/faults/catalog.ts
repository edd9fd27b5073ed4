import type {Fault, FaultRule} from './fault';

const AUDIT_LOG = {host: 'auditservice.dev.azure.com', path: '/auditlog'};
const SECOND_PAGE = {...AUDIT_LOG, nth: 2};
const THROTTLED = {kind: 'status', status: 429} as const;

function once(fault: Fault): FaultRule[] {
  return [{match: SECOND_PAGE, fault}];
}

function always(fault: Fault): FaultRule[] {
  return [{match: AUDIT_LOG, fault}];
}

/** Ready-made rules by name. Where nothing else is said, they strike the second page of the audit log once. */
export const NAMED_FAULTS = {
  'throttled-seconds': once({...THROTTLED, retryAfter: {seconds: 2}}),
  'throttled-date': once({...THROTTLED, retryAfter: {dateInSeconds: 2}}),
  'throttled': once(THROTTLED),
  'throttled-for-a-day': always({...THROTTLED, retryAfter: {seconds: 86_400}}),
  'slow-down': once({kind: 'slowDown', retryAfter: {seconds: 2}}),
  'error-500': once({kind: 'status', status: 500}),
  'error-502': once({kind: 'status', status: 502}),
  'error-503': once({kind: 'status', status: 503, retryAfter: {seconds: 1}}),
  'error-504': once({kind: 'status', status: 504}),
  'error-500-always': always({kind: 'status', status: 500}),
  'sign-in-page': once({kind: 'signInPage'}),
  'sign-in-redirect': once({kind: 'signInRedirect'}),
  'html-page': once({kind: 'htmlPage'}),
  'other-shape': once({kind: 'otherShape'}),
  'unauthorized-once': once({kind: 'status', status: 401}),
  'unauthorized-always': always({kind: 'status', status: 401}),
  'forbidden': always({kind: 'status', status: 403}),
  'not-found': always({kind: 'status', status: 404}),
  'hostile-error': always({kind: 'hostileError'}),
  'hostile-headers': always({kind: 'hostileHeaders'}),
  'oversize-body': always({kind: 'oversizeBody'}),
  'truncated-body': once({kind: 'truncatedBody'}),
  'truncated-chunks': once({kind: 'truncatedChunks'}),
  'slow-body': once({kind: 'slowBody', chunkBytes: 16_384, everyMs: 50}),
  'reset-before-headers': once({kind: 'resetBeforeHeaders'}),
  'reset-in-body': once({kind: 'resetInBody'}),
  'hang-before-headers': once({kind: 'hangBeforeHeaders'}),
  'hang-in-body': once({kind: 'hangInBody'}),
  'gzip': always({kind: 'gzip'}),
  'corrupt-gzip': once({kind: 'corruptGzip'}),
  'byte-order-mark': always({kind: 'byteOrderMark'}),
  'wrapper': always({kind: 'wrapper'}),
  'invalid-utf8': once({kind: 'invalidUtf8'}),
  'repeated-token': once({kind: 'repeatedToken'}),
  'token-cycle': always({kind: 'tokenCycle'}),
  'missing-token': once({kind: 'missingToken'}),
  'null-token': once({kind: 'nullToken'}),
  'empty-token': once({kind: 'emptyToken'}),
  'empty-page': once({kind: 'emptyPage'}),
  'endless-empty-pages': [{match: {...AUDIT_LOG, from: 2}, fault: {kind: 'emptyPage'}}],
  'repeated-entries': once({kind: 'repeatedEntries'}),
  'duplicate-within-page': once({kind: 'duplicateWithinPage'}),
  'late-entry-ahead': once({kind: 'lateEntry', where: 'ahead'}),
  'late-entry-behind': once({kind: 'lateEntry', where: 'behind'}),
  'clamped-page': once({kind: 'clampedPage', size: 7}),
  'out-of-order': once({kind: 'outOfOrder'}),
  'swapped-pages': once({kind: 'swappedPages'}),
  'invalid-escape': once({kind: 'invalidEscape'}),
  'raw-control-character': once({kind: 'rawControlCharacter'}),
  'proxy-authentication': [{match: {}, fault: {kind: 'proxyAuthentication'}}],
  'connect-refused': [{match: {host: AUDIT_LOG.host}, fault: {kind: 'connectRefused'}}],
  'connect-reset': [{match: {host: AUDIT_LOG.host, nth: 1}, fault: {kind: 'connectReset'}}],
  'connect-hang': [{match: {host: AUDIT_LOG.host}, fault: {kind: 'connectHang'}}],
  'tls-hang': [{match: {host: AUDIT_LOG.host}, fault: {kind: 'tlsHang'}}],
} as const satisfies Record<string, readonly FaultRule[]>;

export type FaultName = keyof typeof NAMED_FAULTS;

/** The names of {@link NAMED_FAULTS}, in their order. */
export const FAULT_NAMES = Object.keys(NAMED_FAULTS) as readonly FaultName[];
