import { disarm } from '../errors/disarm';

/**
 * Text from elsewhere as plain text of a Markdown table cell or paragraph: one line, nothing in it formats, links, or is HTML.
 */
export function markdownText(text: string, maximumLength = 120): string {
  return disarm(text, maximumLength)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]()#|!~]/g, '\\$&')
    // Bare addresses would become links.
    .replace(/\/(?=\/)/g, '/&#8203;')
    .replace(/@/g, '&#64;')
    .replace(/www\./gi, 'www&#46;');
}

/** `12,345`, whatever the locale of the agent. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}
