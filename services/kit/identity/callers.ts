import { ConfigurationError, type Contract, throwIfAny } from '@groundwork/contract';

/** Services that may call each operation, by the name of the operation. */
export type Callers = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Reads the allow list `{ "<operation>": ["<service>", …] }`. An operation that is not listed accepts no caller.
 * @throws ConfigurationError `file-invalid` for text of another form, `operation-unknown` for operations that are not in the contract
 */
export function readCallers(contract: Contract, text: string): Callers {
  const list = parse(text);
  const where = 'environment of the service › CALLERS';
  const names = Object.keys(contract.http);
  if (list === undefined) {
    throw new ConfigurationError({
      code: 'file-invalid',
      where,
      problem: 'must be a JSON object of arrays of service names',
      fix: 'set CALLERS as the platform does: {"<operation>": ["<service>", …]}',
    });
  }
  const unknown = Object.keys(list).filter((operation) => !names.includes(operation));
  throwIfAny(
    unknown.map(
      (operation) =>
        new ConfigurationError({
          code: 'operation-unknown',
          where,
          problem: `contract '${contract.name}' has no operation '${operation}'`,
          fix: `use one of: ${names.join(', ') || 'none'}; deploy again, so that CALLERS matches the contract`,
        }),
    ),
  );
  return new Map(names.map((name) => [name, new Set(list[name])]));
}

function parse(text: string): Record<string, string[]> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const fits = Object.values(value).every(
      (callers) => Array.isArray(callers) && callers.every((caller) => typeof caller === 'string'),
    );
    return fits ? (value as Record<string, string[]>) : undefined;
  } catch {
    return undefined;
  }
}
