import { type Contract, contract, event, postgres } from '@groundwork/constructs';
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

describe('of databases is reported', () => {
  const owner = (service: string, name?: string): Contract =>
    contract(service, { owns: [postgres({ migrations: `services/${service}/migrations`, ...(name && { name }) })] });
  const without = (service: string): Contract => contract(service, {});
  const NOT_MIGRATED = "it becomes another database, 'sales', without its data: that stays in 'orders'";
  test.each<[string, Contract[], Contract[], string[]]>([
    ['another name', [owner('orders')], [owner('orders', 'sales')], [`critical | ${NOT_MIGRATED}`]],
    ['nothing where the default name is written', [owner('orders')], [owner('orders', 'orders')], []],
    [
      'one that is handed over',
      [owner('orders'), without('sales')],
      [without('orders'), owner('sales', 'orders')],
      ["warning | its database 'orders' now belongs to 'sales', with its data"],
    ],
    [
      'one that is handed over by a service that is deleted',
      [owner('orders')],
      [owner('sales', 'orders')],
      [
        'critical | the service is deleted, with what it owns',
        "warning | its database 'orders' now belongs to 'sales', with its data",
      ],
    ],
    [
      'one that nobody owns any more',
      [owner('orders')],
      [without('orders')],
      ['warning | its database stays on the server without an owner'],
    ],
  ])('%s', (_, before, after, expected) =>
    expect(contracts.check(before, after).map(({ severity, what }) => `${severity} | ${what}`)).toEqual(expected),
  );
});
