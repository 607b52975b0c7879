/** What an error comes down to, in one line: its first cause. A client of Kafka wraps it in a layer for each retry. */
export function reasonOf(error: unknown): string {
  for (let at = error; ; ) {
    const { errors, cause } = (at ?? {}) as { errors?: readonly unknown[]; cause?: unknown };
    const next = errors?.at(-1) ?? cause;
    if (next === undefined) return at instanceof Error ? `${at.name}: ${at.message}` : String(at);
    at = next;
  }
}
