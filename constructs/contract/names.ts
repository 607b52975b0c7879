import { ConfigurationError } from './configuration-error.ts';

/** Longest name a contract may bear: Kubernetes allows 63, and suffixes such as `-database-0` need room. */
export const LONGEST_NAME = 40;

/**
 * A name that is good for a Kubernetes object, a DNS label and a database role at once.
 * @throws ConfigurationError that names the field when it isn't.
 * @see RFC 1123, DNS labels
 */
export function dnsLabel(name: string, where: string, longest = LONGEST_NAME): string {
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)) {
    throw new ConfigurationError({
      code: 'name-invalid',
      where,
      problem: `'${name}' is no DNS label`,
      fix: "use lower-case letters, digits and '-', starting with a letter, such as 'order-history'",
    });
  }
  if (name.length > longest) {
    throw new ConfigurationError({
      code: 'name-too-long',
      where,
      problem: `'${name}' has ${name.length} characters; ${longest} are allowed, since suffixes are added to it`,
      fix: 'choose a shorter name',
    });
  }
  return name;
}
