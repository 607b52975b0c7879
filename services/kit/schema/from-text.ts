import { listAt, valueAt } from '@groundwork/contract';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * Reader of text, such as a query and an environment variable, as values of a schema. Text that does not spell a value
 * of its type stays text, so that the schema rejects it: no number is rounded, and `1` is not true.
 * @returns a function that takes text, a list of texts, or an object of both
 */
export function textReader(schema: TSchema): (given: unknown) => unknown {
  const allowed = valueAt(schema, 'const') === undefined ? valueAt(schema, 'enum') : [valueAt(schema, 'const')];
  if (Array.isArray(allowed)) return (given) => allowed.find((value) => `${value}` === given) ?? given;
  const parts = (listAt(schema, 'anyOf') as TSchema[]).map((part) => ({ read: textReader(part), type: Compile(part) }));
  if (parts.length > 0)
    return (given) => {
      for (const { read, type } of parts) {
        const value = read(given);
        if (type.Check(value)) return value;
      }
      return given;
    };
  switch (valueAt(schema, 'type')) {
    case 'boolean':
      return (given) => (given === 'true' ? true : given === 'false' ? false : given);
    case 'integer':
      return (given) => (isText(given) && INTEGER.test(given) && Number.isSafeInteger(+given) ? +given : given);
    case 'number':
      return (given) => (isText(given) && isExact(given) ? +given : given);
    case 'array': {
      const read = textReader((valueAt(schema, 'items') ?? {}) as TSchema);
      return (given) => (Array.isArray(given) ? given : [given]).map(read);
    }
    case 'object':
      return fieldsReader(schema);
    default:
      return (given) => given;
  }
}

/** A list without members is not in a query at all, so a required one is empty. */
function fieldsReader(schema: TSchema): (given: unknown) => unknown {
  const properties = Object.entries(Object(valueAt(schema, 'properties')) as Record<string, TSchema>);
  const readers = new Map(properties.map(([name, property]) => [name, textReader(property)]));
  const required = listAt(schema, 'required');
  const lists = properties.filter(([name, part]) => valueAt(part, 'type') === 'array' && required.includes(name));
  const empty = Object.fromEntries(lists.map(([name]) => [name, []]));
  return (given) => ({
    ...empty,
    ...Object.fromEntries(
      Object.entries(given as object).map(([name, value]) => [name, readers.get(name)?.(value) ?? value]),
    ),
  });
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

const INTEGER = /^(0|-?[1-9]\d*)$/;
const NUMBER = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Whether a number prints as the same decimal: 0.10 and 1e2 do, and 9007199254740993 does not. */
function isExact(text: string): boolean {
  const written = decimalOf(text);
  return written !== undefined && written === decimalOf(`${+text}`);
}

/** The significant digits and exponent of a number's text; the same for all texts of a decimal. */
function decimalOf(text: string): string | undefined {
  const [whole, sign, integer = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const digits = `${integer}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  const shift = Number(exponent) - fraction.length + digits.length - significant.length;
  return significant === '' ? '0' : `${sign}${significant}e${shift}`;
}
