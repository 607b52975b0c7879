import { ConfigurationError } from '@groundwork/contract';

/** Puts a prefix, if there is one, before a name. */
export function prefixed(prefix: string | undefined): (name: string) => string {
  return (name) => (prefix === undefined || prefix === '' ? name : `${prefix}/${name}`);
}

/** @throws ConfigurationError for a prefix that is not a DNS label; a former one may be empty */
export function validatePrefixes(prefixes: {
  readonly prefix: string | undefined;
  readonly formerPrefix: string | undefined;
}): void {
  for (const [option, prefix] of Object.entries(prefixes)) {
    const isFormerlyNone = option === 'formerPrefix' && prefix === '';
    if (prefix === undefined || isFormerlyNone || /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(prefix)) continue;
    throw new ConfigurationError({
      code: 'name-invalid',
      where: option,
      problem: `'${prefix}' is not a prefix of names`,
      fix: 'use lowercase letters, digits and hyphens, such as eu-1',
    });
  }
}

/** @throws ConfigurationError for a name in an option that no resource has */
export function validateNames(option: string, names: Iterable<string>, known: ReadonlySet<string>): void {
  for (const name of names) {
    if (known.has(name)) continue;
    throw new ConfigurationError({
      code: 'object-unknown',
      where: `${option} › ${name}`,
      problem: 'the app has no object with this name',
      fix: `use the current name of the object in its URN, such as ${[...known][0] ?? 'Deployment/shop-dev/users'}`,
    });
  }
}
