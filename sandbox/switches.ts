/**
 * How the stand-in behaves where Azure DevOps is not documented, or where the organization's administrators decide.
 * Tests run the exporter with each of these both ways.
 */
export interface Switches {
  /** Texts that attack spreadsheets, logs and web pages: in a quarter of the entries, in every one, or in none. */
  hostile: boolean | 'every';
  /** Blanks and line ends between the tokens of each entry. */
  whitespace: boolean;
  /** A stray backslash, which makes the JSON invalid, in every 50th entry or so. */
  strayBackslash: boolean;
  /** Some entries become visible only up to 20 minutes after their time, unless told otherwise. */
  lateArrivals: boolean;

  startBound: 'inclusive' | 'exclusive';
  endBound: 'inclusive' | 'exclusive';
  /** Bounds and times are compared rounded down to this. */
  boundPrecision: 'tick' | 'millisecond' | 'second';
  /** A continuation token counts only with the bounds it was made for; otherwise 400. */
  tokenBoundToWindow: boolean;
  orderInsideTick: 'id' | 'reversed';
  /** Largest page; larger batch sizes are clamped without a word. */
  pageCap: number;
  defaultPage: number;
  /** `{"value": …}` around the answer. */
  wrapper: boolean;
  /** The token of the last page: the id of its last entry as in the official example, `null`, or left out. */
  lastToken: 'id' | 'null' | 'missing';
  /** Added to the clock in the `Date` header, ms. */
  dateSkewMs: number;
  latencyMs: number;
  /** Answers are compressed for callers that accept gzip. */
  gzip: boolean;
  /** A UTF-8 byte order mark before every JSON body, or before errors only. */
  byteOrderMark: 'never' | 'errors' | 'always';
  refusedApiVersions: readonly string[];

  /** What an unauthenticated request gets: a redirect to the sign-in page, or the page itself with status 203. */
  signIn: 'redirect' | 'page';
  /** Conditional Access: requests with `X-TFS-FedAuthRedirect: Suppress` get 401 even with a good token. */
  refuseSuppressed: boolean;
  /** What a token of another tenant gets: 401, or the 429 that one field report describes. */
  foreignTenant: 401 | 429;
  notMemberStatus: number;
  /** What a query gets while the policy "Log Audit Events" is off. */
  auditingOffStatus: 404 | 403 | 400;
  /** "View audit log" of the service principals: allowed, not set, or denied through a group. */
  auditPermission: 'allow' | 'notSet' | 'deny';
  /** Whether the service principals were added to the organization. */
  member: boolean;
  /** False: the organization belongs to Microsoft accounts and has no tenant. */
  entraBacked: boolean;
  /** Lifetimes in seconds. */
  accessTokenLifetime: number;
  assertionLifetime: number;

  projectVisibility: 'private' | 'public';
  /** Status of the answer about the project, 200 when the build service may read it. */
  projectStatus: number;

  /** Largest page of runs; larger wishes are clamped without a word. */
  runPageCap: number;
  /** What the list of runs is to a job that may not see them (`access.job.mayReadRuns`): refused, or a list without them. */
  hiddenRuns: 'refused' | 'empty';
  /** What the file container API, which no specification describes, does. */
  containerListing: 'answers' | 'notFound' | 'refused';
  /** Zips of artifacts are in the form for large files. */
  zip64: boolean;
  /** What the log records of a job, while the stand-in records accesses at all: queries of the log, assertions for connections, leases. */
  recordsQueries: boolean;
  recordsConnections: boolean;
  recordsLeases: boolean;
}

/** What the documentation, or else most evidence, suggests. */
export const DEFAULT_SWITCHES: Readonly<Switches> = {
  hostile: false, whitespace: false, strayBackslash: false, lateArrivals: true,
  startBound: 'inclusive', endBound: 'inclusive', boundPrecision: 'tick', tokenBoundToWindow: false, orderInsideTick: 'id',
  pageCap: 1000, defaultPage: 200, wrapper: false, lastToken: 'id', dateSkewMs: 0, latencyMs: 0, gzip: false, byteOrderMark: 'never',
  refusedApiVersions: [],
  signIn: 'redirect', refuseSuppressed: false, foreignTenant: 401, notMemberStatus: 401, auditingOffStatus: 404, auditPermission: 'allow', member: true,
  entraBacked: true, accessTokenLifetime: 3599, assertionLifetime: 599,
  projectVisibility: 'private', projectStatus: 200,
  runPageCap: 5000, hiddenRuns: 'refused', containerListing: 'answers', zip64: false, recordsQueries: true, recordsConnections: true, recordsLeases: true,
};
