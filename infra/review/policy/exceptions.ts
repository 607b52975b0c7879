import type { Dated } from '../../tools/exception.ts';

/** A rule that an object may violate for a limited time, and why. */
export interface Exception extends Dated {
  /** Of the rule. */
  readonly rule: string;
  /** Such as `StatefulSet/prometheus`; an asterisk matches any text without a slash. */
  readonly object: string;
  /** Environments where it applies. It must be needed in each of them. */
  readonly environments: readonly string[];
}

/** Whether an exception applies to an object, such as `StatefulSet/prometheus`. */
export function covers({ object }: Exception, name: string): boolean {
  const pattern = object.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('[^/]*')}$`).test(name);
}
