/** A line of the source that differs between the two versions. */
export interface ChangedLine {
  readonly file: string;
  /** In the head; for a line that went, where it stood. */
  readonly line: number;
  /** In the base, of a line that went. @default none: the line is new */
  readonly was?: number;
  readonly text: string;
}

/** Lines that `git diff --unified=0` shows, by file and line of the newer version. */
export function changedLines(patch: string): ChangedLine[] {
  const found: ChangedLine[] = [];
  let file = '';
  let [was, line] = [0, 0];
  // Lines that the hunk still has: in it, what looks like a header is text.
  let [going, coming] = [0, 0];
  for (const text of patch.split('\n')) {
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text);
    if (going > 0 && text.startsWith('-')) {
      found.push({ file, line, was: was++, text: text.slice(1) });
      going--;
    } else if (coming > 0 && text.startsWith('+')) {
      found.push({ file, line: line++, text: text.slice(1) });
      coming--;
    } else if (hunk !== null) {
      [was, line] = [Number(hunk[1]), Math.max(1, Number(hunk[3]))];
      [going, coming] = [Number(hunk[2] ?? 1), Number(hunk[4] ?? 1)];
    } else if (text.startsWith('--- a/') || text.startsWith('+++ b/')) file = text.slice(6); // that of the base stays for a file that was deleted
  }
  return found.filter((changed) => !changed.file.endsWith('.test.ts'));
}
