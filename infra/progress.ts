/** What long work says while it runs. The terminal shows it live; a log shows a line each; tests collect it. */
export interface Progress {
  /** Names what is being done right now inside the current phase, such as `building image users`. */
  step(text: string): void;
  /** A fact worth keeping on screen, such as which cluster was chosen and why. */
  say(text: string): void;
  /** Something that was left out, and why; repeated in the summary at the end. */
  skipped(what: string, why: string): void;
}
