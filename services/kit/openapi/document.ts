import { type CachePolicy, type Operation, pathParams } from '@groundwork/contract';
import type { TObject, TSchema } from 'typebox';
import { PROBLEM_JSON, ProblemDetails } from '../errors/problem.ts';
import { IdempotencyKey } from '../idempotency/key.ts';
import { withSafeIntegers } from '../schema/rewrite.ts';

/** What the contracts do not say about the document. */
export interface DocumentOptions {
  /** Name of the API. */
  readonly title: string;
  /** Version of the API. */
  readonly version: string;
}

/**
 * The OpenAPI 3.1 document for operations. Their schemas are JSON Schema and are used unchanged, but for the range of
 * integers in a request: the server accepts those that a number holds exactly.
 */
export function openApiDocument(operations: readonly Operation[], { title, version }: DocumentOptions) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:([A-Za-z0-9_]+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation) };
  }
  return {
    openapi: '3.1.0' as const,
    info: { title, version },
    paths,
    components: {
      schemas: { Problem: ProblemDetails },
      responses: {
        Problem: problem('An error (RFC 9457)'),
      },
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

const problem = (description: string) => ({
  description,
  content: { [PROBLEM_JSON]: { schema: { $ref: '#/components/schemas/Problem' } } },
});

/** Errors of operations that take an idempotency key. */
const IDEMPOTENCY_ERRORS = {
  400: problem('The key is missing or malformed, or the request does not match the schema'),
  409: problem('The first request with the key is still running; try again'),
  422: problem('The key was used for a request with other values'),
};

function describe({ service, name, path, spec }: Operation) {
  const parameters = [
    ...parametersOf('path', spec.params, pathParams(path)),
    ...parametersOf('query', spec.query),
    ...(spec.idempotency === undefined
      ? []
      : [{ name: 'Idempotency-Key', in: 'header', required: spec.idempotency === 'required', schema: IdempotencyKey }]),
  ];
  return {
    operationId: `${service}.${name}`,
    summary: spec.summary ?? name,
    tags: [service],
    security: (spec.auth ?? 'user') === 'user' ? [{ accessToken: [] }] : [],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(spec.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: withSafeIntegers(spec.body) } } } }),
    responses: {
      ...(spec.idempotency === undefined ? {} : IDEMPOTENCY_ERRORS),
      ...Object.fromEntries(
        Object.entries(spec.reply).map(([status, schema]) => [status, response(Number(status), schema, spec.cache)]),
      ),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function parametersOf(place: 'path' | 'query', schema: TObject | undefined, always: readonly string[] = []) {
  const required = new Set([...((schema as { required?: string[] } | undefined)?.required ?? []), ...always]);
  return Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
    name,
    in: place,
    required: required.has(name),
    schema: withSafeIntegers(property),
  }));
}

/** Headers of an answer from the cache. */
const CACHE_HEADERS = {
  Age: {
    description: 'Seconds since the answer was current; only of an answer from the cache.',
    schema: { type: 'integer' },
  },
  'Cache-Status': {
    description: 'Only of a stale answer (RFC 9211): `ttl` is negative, the seconds since it was fresh.',
    schema: { type: 'string' },
  },
};

function response(status: number, schema: TSchema, cache: CachePolicy | undefined) {
  const description = status === 201 ? 'Created' : status === 204 ? 'No content' : 'The response';
  const headers = cache !== undefined && status < 300 ? { headers: CACHE_HEADERS } : {};
  return status === 204 ? { description } : { description, ...headers, content: { 'application/json': { schema } } };
}
