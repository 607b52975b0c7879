import {
  ConfigurationError,
  ConfigurationErrors,
  type Contract,
  type ContractSpec,
  contract,
  event,
  postgres,
  route,
  secret,
} from '@groundwork/contract';
import { expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { Graph } from './index.ts';

const Id = Type.Object({ id: Type.String() });
const get = (path: string) => route('GET', path, { reply: { 200: Id } });
const placed = (version = 1) => event('order.placed', version, Id, { key: 'id' });
const catalog = contract('catalog', { http: { list: get('/products'), tags: get('/tags') } });
const named = (name: string, spec: ContractSpec = {}): Contract => contract(name, spec) as Contract;

test('lists calls, sorted by name', () => {
  const web = named('web', { calls: [catalog.http.tags, catalog.http.list] });
  const app = named('app', { calls: [catalog.http.list, catalog.http.list] });
  const graph = new Graph([web, catalog, app]);
  expect(graph.contracts.map(({ name }) => name)).toEqual(['app', 'catalog', 'web']);
  expect(graph.callersOf('catalog')).toEqual(['app', 'web']);
  expect(graph.calleesOf('web')).toEqual(['catalog']);
  expect(graph.callersOf('web')).toEqual([]);
  expect(graph.calls.filter(({ caller }) => caller === 'app')).toEqual([
    { caller: 'app', service: 'catalog', operation: 'list' },
  ]);
});

test('lists the allowed callers of each operation', () => {
  const graph = new Graph([catalog, named('web', { calls: [catalog.http.list] })]);
  expect(graph.allowList('catalog')).toEqual({ list: ['web'], tags: [] });
});

test('lists the consumers of an event, with all published versions', () => {
  const graph = new Graph([
    named('orders', { publishes: [placed(2), placed(1)] }),
    named('mail', { consumes: [placed(1)] }),
  ]);
  expect(graph.topics).toEqual([{ event: 'order.placed', versions: [1, 2], publisher: 'orders', consumers: ['mail'] }]);
});

test('a contract that is not in the graph is rejected with its name', () => {
  expect(() => new Graph([catalog]).contract('catalogs')).toThrow(/use one of: catalog/);
});

test('the order in which contracts are listed does not matter', () => {
  const web = named('web', { calls: [catalog.http.list] });
  expect(JSON.stringify(new Graph([web, catalog]))).toBe(JSON.stringify(new Graph([catalog, web])));
});

const older = contract('catalog', { http: { search: get('/search') } });
const database = (name?: string) => postgres({ migrations: 'm', ...(name === undefined ? {} : { name }) });

test.each<[string, readonly Contract[], string, string]>([
  ['two contracts of one name', [catalog, named('catalog')], "contract 'catalog' › name", 'rename one of them'],
  [
    'a call to a contract that it lacks',
    [named('web', { calls: [catalog.http.list] })],
    "contract 'web' › calls[0]",
    'add it, or use one of: web',
  ],
  [
    'a call to an operation that is not served',
    [catalog, named('web', { calls: [older.http.search] })],
    "contract 'web' › calls[0]",
    'contract: list, tags',
  ],
  [
    'a contract that calls itself',
    [contract('catalog', { http: { list: get('/products') }, calls: [catalog.http.list] })],
    'calls[0]',
    'instead of an HTTP operation',
  ],
  [
    'an event that is not published',
    [named('mail', { consumes: [placed()] })],
    "contract 'mail' › consumes[0]",
    "'publishes'",
  ],
  [
    'a version that is not published',
    [named('orders', { publishes: [placed(2), placed(3)] }), named('mail', { consumes: [placed(1)] })],
    "contract 'mail' › consumes[0]",
    'publish 1 beside them',
  ],
  [
    'an event that two publish',
    [named('orders', { publishes: [placed()] }), named('shop', { publishes: [placed(2)] })],
    "contract 'shop' › publishes",
    "'order.placed' is also published by 'orders'",
  ],
  [
    'a database that two own',
    [named('orders', { owns: [database()] }), named('history', { owns: [database('orders')] })],
    "contract 'history' › owns[0]",
    "postgres 'orders' is also owned by contract 'orders'",
  ],
  [
    'two operations with one path at the edge',
    [
      catalog,
      contract('legacy', { http: { all: get('/products') } }),
      named('gateway', { edge: true, calls: [catalog.http.list, legacyAll()] }),
    ],
    "contract 'gateway' › calls[1]",
    'as catalog.list',
  ],
])('rejects %s, with the field and a fix', (_, contracts, where, part) => {
  const make = () => new Graph(contracts);
  expect(make).toThrow(ConfigurationError);
  expect(make).toThrow(expect.objectContaining({ message: expect.stringContaining(where) }));
  expect(make).toThrow(expect.objectContaining({ message: expect.stringContaining(part) }));
});

function legacyAll() {
  return contract('legacy', { http: { all: get('/products') } }).http.all;
}

test('proposes events of the same subject for one that is not published', () => {
  const contracts = [
    named('orders', { publishes: [placed()] }),
    named('mail', { consumes: [event('order.place', 1, Id, { key: 'id' })] }),
  ];
  expect(() => new Graph(contracts)).toThrow(/did you mean order\.placed\?/);
});

test('reports all errors at once', () => {
  const contracts = [named('mail', { consumes: [placed()] }), named('web', { calls: [catalog.http.list] })];
  expect(() => new Graph(contracts)).toThrow(ConfigurationErrors);
  expect(() => new Graph(contracts)).toThrow(/2 configuration errors:[\s\S]*calls\[0\][\s\S]*consumes\[0\]/);
});

test('secrets of two services may have one name', () => {
  const key = secret('key', { purpose: 'x', format: 'random' });
  expect(() => new Graph([named('a', { owns: [key] }), named('b', { owns: [key] })])).not.toThrow();
});

test('services may call each other in a cycle', () => {
  const b = contract('b', { http: { ask: get('/b') } });
  const a = contract('a', { http: { ask: get('/a') }, calls: [b.http.ask] });
  expect(() => new Graph([a, contract('b', { http: { ask: get('/b') }, calls: [a.http.ask] })])).not.toThrow();
});
