/** The number of letters to add, remove, change or swap with a neighbour to turn one word into the other. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const changed = at(last, column - 1) + (same ? 0 : 1);
      const swapped =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
          ? at(beforeLast, column - 2) + 1
          : Number.POSITIVE_INFINITY;
      current.push(Math.min(at(last, column) + 1, at(current, column - 1) + 1, changed, swapped));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

/**
 * The known word that a mistyped one most likely meant; the first of several equally near. Ignores case and treats `-`
 * and `_` alike, so that `whoCanInvoke`, `who-can-invoke` and `who_can_invoke` match each other.
 * @returns null when no known word is within about a third of the word's length, and none starts with the word
 */
export function nearestWord(word: string, known: Iterable<string>): string | null {
  const wanted = fold(word.slice(0, 80));
  const candidates = [...known];
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, fold(candidate));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  const limit = Math.max(wanted.length <= 2 ? 1 : 2, Math.floor(wanted.length / 3));
  if (bestDistance <= limit && bestDistance < wanted.length) return best;
  return wanted.length < 4 ? null : (candidates.find((candidate) => fold(candidate).startsWith(wanted)) ?? null);
}

function fold(word: string): string {
  return word
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .replaceAll("-", "_");
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
