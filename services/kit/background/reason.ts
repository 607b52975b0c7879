/** The root cause of an error, in one line. The Kafka client wraps an error once per retry. */
export function reasonOf(error: unknown): string {
  for (let at = error; ; ) {
    const { errors, cause } = (at ?? {}) as { errors?: readonly unknown[]; cause?: unknown };
    const next = errors?.at(-1) ?? cause;
    if (next === undefined) return at instanceof Error ? `${at.name}: ${at.message}` : String(at);
    at = next;
  }
}
