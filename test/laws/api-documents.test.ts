import { toAsyncApi } from '@groundwork/constructs';
import { exampleOf, type Operation, textAt, valueAt } from '@groundwork/contract';
import { contracts } from '@groundwork/contracts';
import { describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { HEADERS } from '../../services/kit/events/envelope.ts';
import { openApiDocument } from '../../services/kit/openapi/document.ts';
import { withSafeIntegers } from '../../services/kit/schema/rewrite.ts';
import { graph } from '../../stacks/shop.ts';

/** Faults of an example. */
function faults(schema: TSchema, example: unknown): string[] {
  if (example === undefined) return ['there is no example: add `examples` to the text of the schema'];
  return Compile(withSafeIntegers(schema))
    .Errors(example)
    .map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Every `$ref` in a document. */
function references(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  const own = textAt(part, '$ref');
  return [...(own === undefined ? [] : [own]), ...Object.values(part).flatMap(references)];
}

const operations = contracts.flatMap(({ http }) => Object.values<Operation>(http));

describe.each(operations)('$service.$name', (operation) => {
  const document = openApiDocument([operation], { title: 'one', version: '1' });
  const [described] = Object.values(document.paths).flatMap((methods) => Object.values(methods));

  test('law: its OpenAPI document is valid', async () => {
    expect(await new Validator().validate(document)).toMatchObject({ valid: true });
  });

  test('law: its request has an example, which matches its schema', () => {
    for (const { required, schema, example } of described?.parameters ?? [])
      if (required || example !== undefined) expect(faults(schema, example)).toEqual([]);
    const body = described?.requestBody?.content['application/json'];
    if (body !== undefined) expect(faults(body.schema, body.example)).toEqual([]);
  });

  test('law: each of its responses has an example, which matches its schema', () => {
    const { components } = document;
    for (const [status, response] of Object.entries(described?.responses ?? {})) {
      const name = textAt(response, '$ref')?.split('/').at(-1) ?? '';
      const content = valueAt(name === '' ? response : valueAt(components.responses, name), 'content');
      expect([status, content === undefined]).toEqual([status, status === '204']);
      for (const [type, media] of Object.entries(Object(content))) {
        const schema = type === 'application/problem+json' ? components.schemas.Problem : valueAt(media, 'schema');
        expect([status, faults(schema as TSchema, valueAt(media, 'example'))]).toEqual([status, []]);
      }
    }
  });
});

describe('the AsyncAPI document of the shop', () => {
  const document = toAsyncApi(graph, { title: 'Shop', version: '1.0.0' });
  const events = contracts.flatMap(({ publishes }) => [...publishes]);

  test('law: it has each version of each event, with its schema and an example that matches it', () => {
    expect(Object.keys(document.channels).sort()).toEqual([...new Set(events.map(({ name }) => name))].sort());
    expect(Object.keys(document.components.messages)).toHaveLength(events.length);
    for (const { name, version, schema } of events) {
      expect(valueAt(document.components.messages, `${name}.v${version}`, 'payload')).toBe(schema);
      expect([name, faults(schema, exampleOf(schema))]).toEqual([name, []]);
    }
  });

  test('law: it has an operation for each event that a service publishes or consumes, and no other', () => {
    const declared = contracts.flatMap(({ name, publishes, consumes }) => [
      ...publishes.map((event) => `${name}.publishes.${event.name}`),
      ...consumes.map((event) => `${name}.consumes.${event.name}`),
    ]);
    expect(Object.keys(document.operations).sort()).toEqual([...new Set<string>(declared)].sort());
  });

  test('law: every reference in it leads to a part of it', () => {
    const found = references(document);
    expect(found.length).toBeGreaterThan(events.length * 3);
    expect(found.filter((one) => valueAt(document, ...one.slice(2).split('/')) === undefined)).toEqual([]);
  });

  test('law: its headers are those that the kit writes', () => {
    const [message] = Object.values(document.components.messages);
    const written = [...Object.values(HEADERS), 'content-type'];
    expect(valueAt(message, 'headers', 'required')).toEqual(written);
    expect(Object.keys(Object(valueAt(message, 'headers', 'properties')))).toEqual(written);
  });
});
