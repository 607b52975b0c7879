/** Progress reports of long work. A terminal shows them live, a log as lines; tests collect them. */
export interface Progress {
  /** Sets the current step of the phase, such as `building image users`. */
  step(text: string): void;
  /** Prints a note that stays on screen, such as which cluster was selected and why. */
  say(text: string): void;
  /** Reports what was skipped, and why; repeated in the summary at the end. */
  skipped(what: string, why: string): void;
}

/** Runs long work in a step that shows the elapsed time, and the text of `detail`. */
export async function elapsed<T>(
  progress: Progress,
  text: string,
  work: () => Promise<T>,
  detail: () => string = () => '',
): Promise<T> {
  const started = performance.now();
  const show = (): void => {
    const seconds = Math.floor((performance.now() - started) / 1000);
    const took = seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${`${seconds % 60}`.padStart(2, '0')}s`;
    progress.step([text, detail(), ...(seconds > 0 ? [took] : [])].filter((part) => part !== '').join(', '));
  };
  show();
  const clock = setInterval(show, 1000);
  try {
    return await work();
  } finally {
    clearInterval(clock);
  }
}

/** Formats rows as text in columns, the first row underlined. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
