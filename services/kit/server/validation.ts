import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { type FieldError, Problem } from '../errors/problem.ts';
import { textReader } from '../schema/from-text.ts';
import { withSafeIntegers } from '../schema/rewrite.ts';

type Part = 'params' | 'query' | 'body';

/**
 * Validator of one part of a request. Params and query are text, which is read by its type; a body has types already. Defaults
 * are filled in.
 * @returns a function that returns the valid value, or throws the Problem `invalid-request` with every fault
 */
export function checkPart(part: Part, schema: TSchema): (value: unknown) => unknown {
  const validator = Compile(withSafeIntegers(schema));
  const read = textReader(schema);
  return (value) => {
    const complete = validator.Default(part === 'body' ? value : read(value ?? {}));
    if (validator.Check(complete)) return complete;
    throw new Problem('invalid-request', undefined, {
      errors: validator.Errors(complete).flatMap((error) => fieldErrors(part, error)),
    });
  };
}

/** Validator of a part that the contract does not have: it rejects every value. */
export function checkAbsent(part: Part): (value: unknown) => undefined {
  return (value) => {
    const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    if (part === 'body' ? value !== undefined && value !== null : names.length > 0) {
      throw new Problem('invalid-request', undefined, {
        errors: [{ at: [part, ...names.slice(0, 1)].join('/'), message: 'is not allowed' }],
      });
    }
    return undefined;
  };
}

/** Validator of a reply, so that a field that is not in the contract never leaves the service. */
export function checkReply(schema: TSchema): (body: unknown) => void {
  const validator = Compile(schema);
  return (body) => {
    if (validator.Check(body)) return;
    const faults = validator.Errors(body).map(({ instancePath, message }) => `${instancePath || '/'} ${message}`);
    throw new Error(`the reply does not match its contract: ${faults.join(', ')}`);
  };
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

function fieldErrors(part: Part, { keyword, instancePath, message, params }: SchemaError): FieldError[] {
  const { requiredProperties, additionalProperties } = params as {
    requiredProperties?: string[];
    additionalProperties?: string[];
  };
  const at = `${part}${instancePath}`;
  if (requiredProperties !== undefined)
    return requiredProperties.map((name) => ({ at: `${at}/${name}`, message: 'is missing' }));
  if (additionalProperties !== undefined)
    return additionalProperties.map((name) => ({ at: `${at}/${name}`, message: 'is not allowed' }));
  // The library reports an additional property a second time, as the schema `false`.
  return keyword === 'boolean' ? [] : [{ at, message }];
}
