/** What long work says while it runs. The terminal shows it live; a log shows a line each; tests collect it. */
export interface Progress {
  /** Names what is being done right now inside the current phase, such as `building image users`. */
  step(text: string): void;
  /** A fact worth keeping on screen, such as which cluster was chosen and why. */
  say(text: string): void;
  /** Something that was left out, and why; repeated in the summary at the end. */
  skipped(what: string, why: string): void;
}

/** Does long work under a step that shows how long it has been going, and what `detail` says of it. */
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
