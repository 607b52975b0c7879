import { ConfigurationError } from './configuration-error.ts';

/** Longest allowed name of a contract: Kubernetes allows 63 characters, and suffixes such as `-database-0` are added. */
export const LONGEST_NAME = 40;

/**
 * Validates a name that is used for a Kubernetes object, a DNS label and a database role.
 * @throws ConfigurationError with the field if it is invalid.
 * @see RFC 1123, DNS labels
 */
export function dnsLabel(name: string, where: string, longest = LONGEST_NAME): string {
  if (typeof name !== 'string' || !/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)) {
    throw new ConfigurationError({
      code: 'name-invalid',
      where,
      problem: `the name must be a DNS label, got '${name}'`,
      fix: "use lower-case letters, digits and '-', starting with a letter, such as 'order-history'",
    });
  }
  if (name.length > longest) {
    throw new ConfigurationError({
      code: 'name-too-long',
      where,
      problem: `the name must have at most ${longest} characters (suffixes are added to it), '${name}' has ${name.length}`,
      fix: 'choose a shorter name',
    });
  }
  return name;
}
