import { type Contract, contract, event, type RouteSpec, route } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { type TProperties, Type } from 'typebox';
import { contracts } from './contracts.ts';

const registered = (fields: TProperties) =>
  event('user.registered', 1, Type.Object({ id: Type.String(), ...fields }), { key: 'id' });

/** What is reported for another schema of an event that `mail` consumes. */
function reported(before: TProperties, after: TProperties): string[] {
  const [was, is] = [before, after].map((fields): Contract[] => {
    const happened = registered(fields);
    return [contract('users', { publishes: [happened] }), contract('mail', { consumes: [happened] })];
  });
  return contracts.check(was ?? [], is ?? []).map(({ severity, field, what }) => `${severity} | ${field} | ${what}`);
}

const OLDER = 'this breaks mail, with older events and the new schema';
const NEW = 'this breaks mail, with new events and the old schema';

describe('a change of an event reports', () => {
  const name = Type.String({ maxLength: 9 });
  test.each<[string, TProperties, TProperties, string[]]>([
    ['nothing of a new optional field', {}, { name: Type.Optional(name) }, []],
    ['a new required field', {}, { name }, [`critical | schema.name | 'name' is now required: ${OLDER}`]],
    [
      'a new required field with a default, which consumers do not fill in',
      {},
      { name: Type.String({ default: 'x' }) },
      [`critical | schema.name | 'name' is now required: ${OLDER}`],
    ],
    [
      'a field that is now required',
      { name: Type.Optional(name) },
      { name },
      [`critical | schema.name | 'name' is now required: ${OLDER}`],
    ],
    [
      'a narrower field',
      { name },
      { name: Type.String({ maxLength: 5 }) },
      [`critical | schema.name | maxLength changes from 9 to 5: ${OLDER}`],
    ],
    ['a removed field', { name }, {}, [`critical | schema.name | 'name' is removed: ${NEW}`]],
    [
      'a field that is now optional',
      { name },
      { name: Type.Optional(name) },
      [`critical | schema.name | 'name' is now optional: ${NEW}`],
    ],
    [
      'a wider field',
      { name },
      { name: Type.String() },
      [`critical | schema.name | maxLength changes from 9 to none: ${NEW}`],
    ],
    [
      'another type, once',
      { name },
      { name: Type.Boolean() },
      [
        `critical | schema.name | its type changes from string to boolean: ${OLDER}, and with new events and the old schema`,
      ],
    ],
    [
      'a new value, to the consumers of before',
      { name: Type.Literal('a') },
      { name: Type.Union([Type.Literal('a'), Type.Literal('b')]) },
      [`critical | schema.name | "b" may be returned: ${NEW}`],
    ],
    [
      'a removed value, of events in the topic',
      { name: Type.Union([Type.Literal('a'), Type.Literal('b')]) },
      { name: Type.Literal('a') },
      [`critical | schema.name | "b" are no longer accepted: ${OLDER}`],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(reported(before, after)).toEqual(expected);
  });
});

describe('a change of an operation reports', () => {
  const note = Type.String({ maxLength: 9 });
  const body = (fields: TProperties) => Type.Object(fields, { additionalProperties: false });
  const reply = (fields: TProperties) => ({ 200: Type.Object(fields) });
  const REJECTED = 'pods of the version before reject some of what it accepts now: a new shop must not send it to them';
  const REPLIES = 'a new shop rejects replies of pods of the version before';

  test.each<[string, Partial<RouteSpec>, Partial<RouteSpec>, string[]]>([
    [
      'a new optional field of a request, which new callers send to old pods',
      { body: body({}) },
      { body: body({ note: Type.Optional(note) }) },
      [`warning | body.note | ${REJECTED}`],
    ],
    [
      'a wider field of a request',
      { body: body({ note }) },
      { body: body({ note: Type.String() }) },
      [`warning | body.note | ${REJECTED}`],
    ],
    [
      'a narrower field of a request once, as what breaks callers',
      { body: body({ note: Type.String() }) },
      { body: body({ note }) },
      ['critical | body.note | maxLength changes from none to 9: this breaks shop'],
    ],
    [
      'a new required field of a reply, which old pods do not return',
      { reply: reply({}) },
      { reply: reply({ note }) },
      [`warning | reply.200.note | 'note' is now required: ${REPLIES}`],
    ],
    [
      'nothing of a new optional field of a reply',
      { reply: reply({}) },
      { reply: reply({ note: Type.Optional(note) }) },
      [],
    ],
    [
      'an idempotency key that is now required',
      { idempotency: 'accepted' },
      { idempotency: 'required' },
      ['critical | idempotency | it now requires an idempotency key: this breaks shop'],
    ],
    ['nothing of one that is now accepted', {}, { idempotency: 'accepted' }, []],
    [
      'one that is no longer taken',
      { idempotency: 'accepted' },
      {},
      ['critical | idempotency | it no longer takes an idempotency key: a request that is repeated acts again'],
    ],
  ])('%s', (_, before, after, findings) => {
    const version = (spec: Partial<RouteSpec>, edge: boolean): Contract[] => {
      const place = route('POST', '/orders', { reply: reply({}), ...spec });
      const orders = contract('orders', { http: { place } });
      return [orders, contract('shop', { edge, calls: [orders.http.place] })];
    };
    const check = (edge: boolean) =>
      contracts
        .check(version(before, edge), version(after, edge))
        .filter(({ subject }) => subject.includes('http.'))
        .map(({ severity, field, what }) => `${severity} | ${field} | ${what}`);
    expect(check(false)).toEqual(findings);
    // An edge only forwards, and clients outside do not know the new contract yet.
    expect(check(true)).toEqual(findings.filter((finding) => !finding.startsWith('warning')));
  });
});
