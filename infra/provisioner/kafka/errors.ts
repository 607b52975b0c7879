import { GenericError, MultipleErrors } from '@platformatic/kafka';

/** Waits for a change, and takes one answer for success: that somebody else has just made the same change. */
export async function apart(change: Promise<unknown>, answer: string): Promise<void> {
  try {
    await change;
  } catch (error) {
    if (!says(error, answer)) throw error;
  }
}

/** Whether an error, or one in it, is Kafka's answer of this name, such as `TOPIC_ALREADY_EXISTS`. */
export function says(error: unknown, answer: string): boolean {
  if (error instanceof MultipleErrors) return error.errors.some((one) => says(one, answer));
  if (!(error instanceof GenericError)) return false;
  return error.apiId === answer || says(error.cause, answer);
}

/** What is at the bottom of an error: the client wraps each reason in several others. */
export function reasonOf(error: unknown): string {
  const inner = error instanceof MultipleErrors ? error.errors[0] : (error as Error).cause;
  return inner instanceof Error ? reasonOf(inner) : (error as Error).message;
}
