/** How somebody signed in. What follows the first space is the number of a session, such as `SessionToken_Unscoped authorizationId: …`. */
export function mechanismOf(fields: Readonly<Record<string, unknown>>): string | null {
  const text = fields['authenticationMechanism'];
  if (typeof text !== 'string' || text === '') return null;
  const end = text.indexOf(' ');
  return end > 0 ? text.slice(0, end) : text;
}
