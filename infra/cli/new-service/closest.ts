/** `; did you mean 'x'?` for the known name that is at most three edits away; otherwise nothing. */
export function closest(name: string, known: readonly string[]): string {
  const [best] = known
    .map((one) => ({ one, edits: distance(name, one) }))
    .filter(({ edits }) => edits <= 3)
    .sort((a, b) => a.edits - b.edits);
  return best === undefined ? '' : `; did you mean '${best.one}'?`;
}

/** Number of letters to insert, delete or replace (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + Number(letter !== other)));
    row = next;
  }
  return row.at(-1) ?? 0;
}
