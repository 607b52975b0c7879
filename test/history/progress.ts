const started = performance.now();

/** Prints a line of progress, with the seconds since the program began. */
export function say(text: string): void {
  const seconds = `${Math.round((performance.now() - started) / 1000)}`;
  console.log(`${seconds.padStart(5)} s  ${text}`);
}
