import { valueAt } from '@groundwork/contract';
import { GenericError, MultipleErrors } from '@platformatic/kafka';

/**
 * Waits for a change, and accepts the error that an earlier or concurrent run has made it.
 * @returns whether this run made it
 */
export async function apart(change: Promise<unknown>, answer: string): Promise<boolean> {
  try {
    await change;
    return true;
  } catch (error) {
    if (!says(error, answer)) throw error;
    return false;
  }
}

/** Whether an error, or a nested one, is the Kafka error of this name, such as `TOPIC_ALREADY_EXISTS`. */
export function says(error: unknown, answer: string): boolean {
  if (error instanceof MultipleErrors) return error.errors.some((one) => says(one, answer));
  if (!(error instanceof GenericError)) return false;
  return error.apiId === answer || says(error.cause, answer);
}

/** Text of the root cause: the client wraps each error in several others. */
export function reasonOf(error: unknown): string {
  const inner = error instanceof MultipleErrors ? error.errors[0] : valueAt(error, 'cause');
  return inner instanceof Error ? reasonOf(inner) : `${valueAt(error, 'message')}`;
}
