import { ConfigurationError, type ConfigurationErrorFields } from '@groundwork/contract';

/** The error in a list, or an empty list if nothing is wrong: for validations that return all errors. */
export function errorIf(wrong: boolean, fields: ConfigurationErrorFields): ConfigurationError[] {
  return wrong ? [new ConfigurationError(fields)] : [];
}

/** Checks a name of an object, which may be any DNS subdomain, such as `shop.example-tls`. */
export function validateObjectName(where: string, name: unknown): ConfigurationError[] {
  const label = '[a-z0-9]([a-z0-9-]*[a-z0-9])?';
  const fits = typeof name === 'string' && name.length <= 253 && new RegExp(`^${label}(\\.${label})*$`).test(name);
  return errorIf(!fits, {
    code: 'name-invalid',
    where,
    problem: `the name must be a DNS subdomain, got ${typeof name === 'string' ? `'${name}'` : name}`,
    fix: "write the object's name, such as 'shop-tls' or 'shop.example-tls'",
  });
}

/**
 * Checks that a value is an integer in a range.
 * @param where place of the field, which ends with its name
 * @param range least and most value. @default no most value
 * @param reason why the range is as it is, after a colon. @default none
 */
export function validateInteger(
  where: string,
  value: number,
  [least, most]: readonly [least: number, most?: number],
  fix: string,
  reason?: string,
): ConfigurationError[] {
  const range = most === undefined ? `≥ ${least}` : `from ${least} to ${most}`;
  const name = where.split(/[ .]/).at(-1);
  return errorIf(!Number.isInteger(value) || value < least || (most !== undefined && value > most), {
    code: 'value-out-of-range',
    where,
    problem: `${name} must be an integer ${range}, got ${value}${reason === undefined ? '' : `: ${reason}`}`,
    fix,
  });
}
