import type { ServicePlan } from '../plan.ts';
import { imports, lines } from './text.ts';

/** Tests of the service, with a real database and broker, and stubs of the services that it calls. */
export function testFile(plan: ServicePlan): string {
  const { store, calls, consumes } = plan;
  return lines(
    importsOf(plan),
    store === 'postgres' && 'let postgres: TestPostgres;\nlet database: Kysely<Tables>;',
    store === 'cassandra' && 'let cassandra: TestCassandra;\nlet keyspace: Keyspace;',
    consumes.length > 0 && 'let kafka: TestKafka;\nlet bus: EventBus;',
    'let app: ServiceApp;\nlet service: Started;',
    needsAuthority(plan) && 'const authority = createAuthority();',
    calls.length > 0 && stubs(plan),
    '',
    setUp(plan),
    `const get = async (path: string) => {
  const reply = await fetch(\`\${service.url}\${path}\`);
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
};`,
    store !== undefined && adding(plan),
    '',
    ...testsOf(plan),
    '',
  );
}

/** Postgres brings an authority; otherwise the test makes one for the servers and their clients. */
const needsAuthority = ({ store, consumes }: ServicePlan): boolean =>
  store === 'cassandra' || (store === undefined && consumes.length > 0);

function importsOf(plan: ServicePlan): string {
  const { name, id, store, calls, consumes } = plan;
  const [postgres, cassandra, usesEvents] = [store === 'postgres', store === 'cassandra', consumes.length > 0];
  const support = '../../test/support';
  return imports([
    ['node:crypto', (usesEvents || store !== undefined) && 'randomUUID'],
    ['node:path', store !== undefined && 'join'],
    ['@groundwork/contract', usesEvents && 'deadLetterTopic'],
    ['@groundwork/contracts', cassandra && 'contracts'],
    [`@groundwork/contracts/${name}`, usesEvents && id],
    ['@jest/globals', 'afterAll', 'beforeAll', 'expect', 'test'],
    ['kysely', postgres && 'type Kysely'],
    [`${support}/cassandra/node.ts`, cassandra && 'startCassandra', cassandra && 'type TestCassandra'],
    [`${support}/kafka/index.ts`, usesEvents && 'startKafka', usesEvents && 'type TestKafka'],
    [`${support}/pki.ts`, needsAuthority(plan) && 'createAuthority'],
    [`${support}/postgres.ts`, postgres && 'startPostgres', postgres && 'type TestPostgres'],
    [`${support}/realm.ts`, calls.length > 0 && 'fixedResolver'],
    [`${support}/until.ts`, usesEvents && 'until'],
    [
      '../kit/cassandra/index.ts',
      ...(cassandra ? ['cassandraVariables', 'type Keyspace', 'migrate', 'openKeyspace'] : []),
    ],
    ['../kit/events/index.ts', ...(usesEvents ? ['createKafkaBus', 'type EventBus', 'HEADERS', 'type Message'] : [])],
    [
      '../kit/index.ts',
      (usesEvents || store !== undefined) && 'createMetrics',
      store !== undefined && 'readConfig',
      'type ServiceApp',
    ],
    ['../kit/postgres/index.ts', ...(postgres ? ['createDatabase', 'migrate', 'postgresVariables'] : [])],
    ['../kit/testing/run.ts', 'silentLog', 'type Started', 'startOnFreePorts'],
    ['../kit/testing/upstream.ts', ...(calls.length > 0 ? ['type StubService', 'stubService'] : [])],
    ['./app.ts', 'createApp', `${id}Config`],
    ['./entries.ts', postgres && 'type Tables'],
  ]);
}

function stubs({ calls }: ServicePlan): string {
  const answers = calls.map(
    ({ value, reply }) => `  '${value.name}': { status: ${reply.status}, body: ${JSON.stringify(reply.body)} },`,
  );
  return lines(
    '/** What each called service answers. */',
    'const answers = {',
    ...answers,
    '};',
    'const stubs = new Map<string, StubService>();',
    '/** Services that answer with an error. */',
    'const failing = new Set<string>();',
  );
}

function setUp(plan: ServicePlan): string {
  const { name, id, store, calls, consumes } = plan;
  const environment = [
    ...(store === 'postgres' ? ['...made.app'] : []),
    ...(store === 'cassandra' ? [`...cassandra.env('${name}')`] : []),
    ...(consumes.length > 0 ? [`...kafka.env('${name}')`] : []),
    "ENVIRONMENT: 'test'",
  ];
  const resolver = 'Object.fromEntries([...stubs].map(([called, { url }]) => [called, url]))';
  // A busy machine takes minutes for the start of a Java server.
  const seconds = store === 'cassandra' || consumes.length > 0 ? 300 : 120;
  return lines(
    'beforeAll(async () => {',
    store === 'postgres' &&
      `  postgres = await startPostgres();
  const made = await postgres.database('${name}');
  const folder = join(import.meta.dirname, 'migrations');
  await migrate({ config: readConfig(postgresVariables, made.owner), folder, log: silentLog });`,
    store === 'cassandra' &&
      `  cassandra = await startCassandra(contracts.filter(({ edge }) => !edge), authority);
  await cassandra.provision();
  const owner = readConfig(cassandraVariables, cassandra.env('${name}', '${name}-schema'));
  await migrate({ config: owner, folder: join(import.meta.dirname, 'migrations'), log: silentLog });`,
    consumes.length > 0 &&
      `  kafka = await startKafka(${store === 'postgres' ? 'postgres.authority' : 'authority'});
  const topics = ${id}.consumes.map((event) => event.name);
  await kafka.createTopics([...topics, ...topics.map((topic) => deadLetterTopic(topic, ${id}.name))], 1);`,
    calls.length > 0 &&
      `  for (const [called, { status, body }] of Object.entries(answers)) {
    const stub = await stubService((_request, response) => {
      response.writeHead(failing.has(called) ? 503 : status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
    stubs.set(called, stub);
  }`,
    `  const config = ${id}Config({ ${environment.join(', ')} });`,
    `  app = createApp(config, silentLog${calls.length > 0 ? `, fixedResolver(${resolver})` : ''});`,
    '  service = await startOnFreePorts(app);',
    store === 'postgres' &&
      `  database = createDatabase<Tables>(config, { log: silentLog, metrics: createMetrics('test') });`,
    store === 'cassandra' &&
      `  keyspace = openKeyspace(readConfig(cassandraVariables, cassandra.env('${name}')), { metrics: createMetrics('test') });`,
    consumes.length > 0 &&
      `  const publisher = kafka.env('publisher') as { KAFKA_BROKERS: string; IDENTITY_DIR: string };
  bus = createKafkaBus({ config: publisher, clientId: 'publisher', log: silentLog, metrics: createMetrics('test') });`,
    `}, ${seconds}_000);`,
    'afterAll(async () => {',
    '  await service?.stop();',
    consumes.length > 0 && '  await bus?.close();\n  await kafka?.remove();',
    calls.length > 0 && '  for (const stub of stubs.values()) await stub.close();',
    store === 'postgres' && '  await database?.destroy();\n  await postgres?.remove();',
    store === 'cassandra' && '  await keyspace?.close();\n  await cassandra?.remove();',
    needsAuthority(plan) && '  authority.remove();',
    '});',
  );
}

/** A function of the test that adds an entry. */
function adding({ store }: ServicePlan): string {
  const add = {
    postgres: "database.insertInto('entries').values({ id, created_at: new Date(createdAt) }).execute()",
    cassandra:
      "keyspace.execute('INSERT INTO entries_by_id (id, created_at) VALUES (?, ?)', [id, new Date(createdAt)])",
  }[store as 'postgres' | 'cassandra'];
  return lines(
    'const add = async (createdAt: string) => {',
    '  const id = randomUUID();',
    `  await ${add};`,
    '  return id;',
    '};',
  );
}

function testsOf({ name, id, store, calls, consumes }: ServicePlan): string[] {
  const all = calls.length > 0 ? ', unavailable: []' : '';
  const path = store === undefined ? `'/${name}'` : `\`/${name}/\${await add('2026-01-01T00:00:00.000Z')}\``;
  return [
    `test('is ready, and exports metrics', async () => {
  expect((await fetch(\`http://127.0.0.1:\${service.probePort}/healthz/ready\`)).status).toBe(200);
  expect(await app.metrics.registry.metrics()).toContain('service="${name}"');
});
`,
    store === undefined
      ? `test('greets', async () => {
  expect(await get('/${name}')).toEqual({ status: 200, body: { text: 'hello from ${name}'${all} } });
});
`
      : `test('an entry is found by its id; another id is not found, and what is no id is rejected', async () => {
  const createdAt = '2026-01-01T00:00:00.000Z';
  const id = await add(createdAt);
  expect(await get(\`/${name}/\${id}\`)).toEqual({ status: 200, body: { id, createdAt${all} } });
  expect((await get(\`/${name}/\${randomUUID()}\`)).body.code).toBe('not-found');
  expect((await get('/${name}/7')).body.code).toBe('invalid-request');
});
`,
    ...(consumes.length > 0 ? [eventTests({ name, id, store, consumes })] : []),
    ...(calls.length > 0
      ? [
          `test.each(Object.keys(answers))('answers while %s is unavailable, and says so', async (called) => {
  failing.add(called);
  const { status, body } = await get(${path});
  expect([status, body.unavailable]).toEqual([200, [called]]);
  failing.delete(called);
});
`,
        ]
      : []),
  ];
}

function eventTests({ name, store, consumes }: Pick<ServicePlan, 'name' | 'id' | 'store' | 'consumes'>): string {
  const events = consumes.map(
    ({ value, payload }) =>
      `  { topic: '${value.name}', version: ${value.version}, payload: ${JSON.stringify(payload)} },`,
  );
  const occurredAt = '2026-02-01T00:00:00.000Z';
  const outcome = store === 'postgres' ? 'duplicate' : 'handled';
  const count = store === 'postgres' ? 1 : 2;
  const stored = `  expect((await get(\`/${name}/\${id}\`)).body).toMatchObject({ id, createdAt: '${occurredAt}' });\n`;
  const title = store === undefined ? '$topic is handled' : '$topic is stored once, also if it is delivered twice';
  return `/** An example of each consumed event. */
const EVENTS = [
${events.join('\n')}
];
test.each(EVENTS)('${title}', async ({ topic, version, payload }) => {
  const id = randomUUID();
  const headers = { [HEADERS.id]: id, [HEADERS.version]: \`\${version}\`, [HEADERS.occurredAt]: '${occurredAt}' };
  const message: Message = { topic, key: id, value: Buffer.from(JSON.stringify(payload)), headers };
  await bus.publish([message, message]);
  const handled = \`events_consumed_total{event="\${topic}",outcome="${outcome}",service="${name}"} ${count}\`;
  await until(async () => (await app.metrics.registry.metrics()).includes(handled));
${store === undefined ? '' : stored}});
`;
}
