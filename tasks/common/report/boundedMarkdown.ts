/** A summary stays below: the run's page has no documented limit, and nobody reads more. Bytes. */
export const LARGEST_SUMMARY = 96 * 1024;

/** So long may a name be at first; each is cut shorter until all of them fit. UTF-16 units. */
const LONGEST = [120, 60, 30, 15];

/**
 * Markdown of names that others chose, below {@link LARGEST_SUMMARY} whatever they are.
 * @param render with the most UTF-16 units of a name
 */
export function boundedMarkdown(render: (longest: number) => readonly string[]): string {
  let markdown = '';
  for (const longest of LONGEST) {
    markdown = render(longest).filter((part) => part !== '').join('\n\n').concat('\n');
    if (Buffer.byteLength(markdown) <= LARGEST_SUMMARY) break;
  }
  return markdown;
}
