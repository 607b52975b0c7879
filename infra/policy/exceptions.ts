import { isDay } from '../day.ts';

/** A rule that an object may break for a while, and why. */
export interface Exception {
  /** Of the rule. */
  readonly rule: string;
  /** Such as `StatefulSet/prometheus`; an asterisk stands for any text without a slash. */
  readonly object: string;
  /** Where it holds. It must be needed in each of them. */
  readonly environments: readonly string[];
  /** Why it is right to break the rule here, in one sentence without a full stop. */
  readonly reason: string;
  /** The last day on which it holds, as `2027-06-30`; then somebody looks again. */
  readonly expires: string;
}

/** Whether an exception is for an object, such as `StatefulSet/prometheus`. */
export function covers({ object }: Exception, name: string): boolean {
  const pattern = object.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('[^/]*')}$`).test(name);
}

/** Whether the day that an exception names is over. */
export function isExpired({ expires }: Exception, today: Date): boolean {
  return expires < today.toISOString().slice(0, 10);
}

/** Why an exception can't be taken as it is; undefined if it can. */
export function unsound({ expires, reason }: Exception): string | undefined {
  if (reason.trim() === '') return 'has no reason';
  return isDay(expires) ? undefined : `expires on '${expires}', which is no day`;
}
