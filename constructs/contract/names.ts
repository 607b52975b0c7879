import { Mistake } from './configuration-error.ts';

/** Longest name a contract may bear: Kubernetes allows 63, and suffixes such as `-database-0` need room. */
export const LONGEST_NAME = 40;

/**
 * A name that is good for a Kubernetes object, a DNS label and a database role at once.
 * @throws Mistake that names the field when it isn't.
 * @see RFC 1123, DNS labels
 */
export function dnsLabel(name: string, where: string, longest = LONGEST_NAME): string {
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)) {
    throw new Mistake(
      where,
      `'${name}' is no DNS label`,
      "use lower-case letters, digits and '-', starting with a letter, such as 'order-history'",
    );
  }
  if (name.length > longest) {
    throw new Mistake(
      where,
      `'${name}' has ${name.length} characters; ${longest} are allowed, since suffixes are added to it`,
      'choose a shorter name',
    );
  }
  return name;
}
