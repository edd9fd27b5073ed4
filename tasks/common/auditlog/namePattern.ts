/**
 * A test for names: `*` stands for any characters, also none; upper and lower case are the same. No regular expression is made
 * of the user's text, so that no pattern takes longer than the text is long for each of its pieces.
 */
export function namePattern(pattern: string): (text: string) => boolean {
  const pieces = folded(pattern).split('*');
  const first = pieces[0] ?? '';
  if (pieces.length === 1) return (text) => folded(text) === first;
  const last = pieces.at(-1) ?? '';
  const middle = pieces.slice(1, -1).filter((piece) => piece !== '');
  return (text) => {
    const name = folded(text);
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
    return holdsInOrder(name.slice(first.length, name.length - last.length), middle);
  };
}

function holdsInOrder(text: string, pieces: readonly string[]): boolean {
  let from = 0;
  for (const piece of pieces) {
    const found = text.indexOf(piece, from);
    if (found < 0) return false;
    from = found + piece.length;
  }
  return true;
}

/** One letter can be written as one character or as two (ë). */
function folded(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
