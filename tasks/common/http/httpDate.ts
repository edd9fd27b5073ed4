const TIME = String.raw`\d\d:\d\d:\d\d`;
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';

/** The three forms of RFC 9110 §5.6.7: the usual one, that of RFC 850, and that of C's asctime. */
const ZONED = new RegExp(String.raw`^(?:[A-Z][a-z]{2}, \d\d ${MONTH} \d{4}|[A-Z][a-z]{5,8}, \d\d-${MONTH}-\d\d) ${TIME} GMT$`);
const ASCTIME = new RegExp(String.raw`^[A-Z][a-z]{2} ${MONTH} [ \d]\d ${TIME} \d{4}$`);

/** An HTTP date in ms since 1970 UTC; undefined for any other text, of which `Date.parse` alone takes a lot ("abc 5"). */
export function parseHttpDate(text: string | undefined): number | undefined {
  const trimmed = text?.trim() ?? '';
  if (!ZONED.test(trimmed) && !ASCTIME.test(trimmed)) return undefined;
  const ms = Date.parse(ASCTIME.test(trimmed) ? `${trimmed} GMT` : trimmed);
  return Number.isNaN(ms) ? undefined : ms;
}
