import type { Dated } from '../../tools/exception.ts';

/** A rule that an object may break for a while, and why. */
export interface Exception extends Dated {
  /** Of the rule. */
  readonly rule: string;
  /** Such as `StatefulSet/prometheus`; an asterisk stands for any text without a slash. */
  readonly object: string;
  /** Where it holds. It must be needed in each of them. */
  readonly environments: readonly string[];
}

/** Whether an exception is for an object, such as `StatefulSet/prometheus`. */
export function covers({ object }: Exception, name: string): boolean {
  const pattern = object.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('[^/]*')}$`).test(name);
}
