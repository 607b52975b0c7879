import { type CachePolicy, exampleOf, type Operation, pathParams, textAt } from '@groundwork/contract';
import type { TObject, TSchema } from 'typebox';
import type { ErrorCode } from '../errors/catalog.ts';
import { PROBLEM_JSON, Problem, ProblemDetails } from '../errors/problem.ts';
import { IdempotencyKey } from '../idempotency/key.ts';
import { withSafeIntegers } from '../schema/rewrite.ts';

/** What the contracts do not say about the document. */
export interface DocumentOptions {
  /** Name of the API. */
  readonly title: string;
  /** Version of the API. */
  readonly version: string;
  /** What the API is for. @default none */
  readonly description?: string;
}

/** An OpenAPI document. */
export type OpenApiDocument = ReturnType<typeof openApiDocument>;

/**
 * The OpenAPI 3.1 document for operations, with an example of each request and response, composed from the `examples` in
 * the schemas: see `exampleOf`. Their schemas are JSON Schema and are used unchanged, but for the range of integers in a
 * request: the server accepts those that a number holds exactly.
 */
export function openApiDocument(operations: readonly Operation[], info: DocumentOptions) {
  const paths: Record<string, Record<string, ReturnType<typeof describe>>> = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:([A-Za-z0-9_]+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation) };
  }
  return {
    openapi: '3.1.0' as const,
    info,
    paths,
    components: {
      schemas: { Problem: ProblemDetails },
      responses: {
        Problem: problem('An error (RFC 9457)', 'unavailable'),
        Unauthorized: problem('The access token is missing or not valid', 'token-missing'),
        InvalidRequest: problem('The request does not match the schema of the operation', 'invalid-request'),
      },
      securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

const REQUEST_ID = '5f0c1b7a-2f0e-4a0c-8b36-1d2e3f4a5b6c';

const problem = (description: string, code: ErrorCode) => ({
  description,
  content: {
    [PROBLEM_JSON]: {
      schema: { $ref: '#/components/schemas/Problem' },
      example: new Problem(code).toJSON(REQUEST_ID) as unknown,
    },
  },
});

/** Errors of operations that take an idempotency key. */
const IDEMPOTENCY_ERRORS = {
  400: problem('The key is missing or malformed, or the request does not match the schema', 'idempotency-key-missing'),
  409: problem('The first request with the key is still running; try again', 'idempotency-key-in-use'),
  422: problem('The key was used for a request with other values', 'idempotency-key-reused'),
};

function describe({ service, name, path, spec }: Operation) {
  const parameters = [
    ...parametersOf('path', spec.params, pathParams(path)),
    ...parametersOf('query', spec.query),
    ...(spec.idempotency === undefined
      ? []
      : [
          {
            name: 'Idempotency-Key',
            in: 'header',
            required: spec.idempotency === 'required',
            schema: IdempotencyKey,
            example: exampleOf(IdempotencyKey),
          },
        ]),
  ];
  const needsUser = (spec.auth ?? 'user') === 'user';
  const takesInput = parameters.length > 0 || spec.body !== undefined;
  return {
    operationId: `${service}.${name}`,
    summary: spec.summary ?? name,
    tags: [service],
    security: needsUser ? [{ accessToken: [] }] : [],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(spec.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': media(withSafeIntegers(spec.body)) } } }),
    responses: {
      ...(takesInput ? { 400: { $ref: '#/components/responses/InvalidRequest' } } : {}),
      ...(needsUser ? { 401: { $ref: '#/components/responses/Unauthorized' } } : {}),
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
    ...media(withSafeIntegers(property)),
  }));
}

/** A schema, and an example if it says enough for one. */
function media(schema: TSchema): { readonly schema: TSchema; readonly example?: unknown } {
  const example = exampleOf(schema);
  return example === undefined ? { schema } : { schema, example };
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
  const type = textAt(schema, 'contentMediaType') ?? 'application/json';
  return status === 204 ? { description } : { description, ...headers, content: { [type]: media(schema) } };
}
