import type { ServicePlan } from '../plan.ts';
import { calledBy } from './contract.ts';
import { imports, lines } from './text.ts';

/** What the handlers use of the composed service, as arguments. */
const handlerArguments = ({ store, calls }: ServicePlan): readonly string[] => [
  ...(store === undefined ? [] : [store === 'postgres' ? 'database' : 'keyspace']),
  ...(calls.length === 0 ? [] : ['client']),
];

export function mainFile({ name, id }: ServicePlan): string {
  return lines(
    imports([
      [`@groundwork/contracts/${name}`, id],
      ['@groundwork/kit', 'main'],
      ['./app.ts', 'createApp', `${id}Config`],
    ]),
    `await main(${id}, ${id}Config, createApp);`,
    '',
  );
}

export function migrateFile({ name, id, store }: ServicePlan): string {
  return lines(
    imports([
      ['node:path', 'join'],
      [`@groundwork/contracts/${name}`, id],
      [`@groundwork/kit/${store}`, 'migrateMain'],
    ]),
    `await migrateMain(${id}, join(import.meta.dirname, 'migrations'), process.env);`,
    '',
  );
}

export function appFile(plan: ServicePlan): string {
  const { name, id, store, calls, consumes } = plan;
  const [usesCalls, usesEvents] = [calls.length > 0, consumes.length > 0];
  const [postgres, cassandra] = [store === 'postgres', store === 'cassandra'];
  const variables = [
    `...serviceVariables(${id})`,
    '...discoveryVariables',
    ...(store === undefined ? [] : [`...${store}Variables`]),
    ...(usesEvents ? [`...eventVariables(${id})`] : []),
  ];
  const consumer = postgres
    ? `consume(${id}, eventHandlers, { ...base, bus, database, group: config.KAFKA_GROUP })`
    : `project(${id}, ${cassandra ? 'eventHandlers(keyspace)' : 'eventHandlers'}, { ...base, bus, group: config.KAFKA_GROUP })`;
  return lines(
    imports([
      [`@groundwork/contracts/${name}`, id],
      [
        '@groundwork/kit',
        usesCalls && 'createClient',
        'discoveryVariables',
        'type Env',
        'type Logger',
        'openService',
        usesCalls && 'type Resolver',
        'readConfig',
        'type ServiceApp',
        'serve',
        'serviceVariables',
      ],
      ['@groundwork/kit/cassandra', cassandra && 'cassandraVariables', cassandra && 'openKeyspace'],
      [
        '@groundwork/kit/events',
        usesEvents && (postgres ? 'consume' : 'project'),
        usesEvents && 'createKafkaBus',
        usesEvents && 'eventVariables',
      ],
      ['@groundwork/kit/postgres', postgres && 'createDatabase', postgres && 'postgresVariables'],
      ['./entries.ts', postgres && 'type Tables'],
      ['./events.ts', usesEvents && 'eventHandlers'],
      ['./handlers.ts', 'handlers'],
    ]),
    '/** Settings of the service. @throws ConfigurationError `variable-invalid` that lists every invalid variable */',
    `export function ${id}Config(env: Env) {`,
    `  return readConfig({ ${variables.join(', ')} }, env);`,
    '}',
    '',
    '/**',
    ` * Composes the service without listening${usesEvents ? '; its consumer starts at once' : ''}.`,
    usesCalls && ' * @param resolver finds the services that it calls; default: service discovery of the platform',
    ' * @throws ConfigurationError for an invalid certificate',
    ' */',
    `export function createApp(config: ReturnType<typeof ${id}Config>, log: Logger${usesCalls ? ', resolver?: Resolver' : ''}): ServiceApp {`,
    `  const base = openService(${id}, config, log);`,
    postgres && '  const database = createDatabase<Tables>(config, base);',
    cassandra && '  const keyspace = openKeyspace(config, base);',
    usesCalls && `  const client = createClient(${id}, { ...base, resolver: resolver ?? base.discovery.resolver });`,
    `  const server = serve(${id}, handlers(${handlerArguments(plan).join(', ')}), base);`,
    usesEvents && `  const bus = createKafkaBus({ ...base, config, clientId: ${id}.name });`,
    usesEvents && `  const consumer = ${consumer};`,
    '  const close = async () => {',
    '    await base.discovery.close();',
    usesEvents && '    await consumer.stop();',
    usesCalls && '    await client.close();',
    usesCalls && '    await resolver?.close();',
    usesEvents && '    await bus.close();',
    postgres && '    await database.destroy();',
    cassandra && '    await keyspace.close();',
    '  };',
    '  return { ...base, server, close };',
    '}',
    '',
  );
}

export function handlersFile(plan: ServicePlan): string {
  const { name, id, store, calls } = plan;
  const types = { database: 'Kysely<Tables>', keyspace: 'Keyspace', client: `Client<typeof ${id}>` };
  const parameters = handlerArguments(plan).map((one) => `${one}: ${types[one as keyof typeof types]}`);
  const input = [...(store === undefined ? [] : ['params']), ...(calls.length === 0 ? [] : ['context'])];
  const [given] = handlerArguments(plan);
  const fields = [
    store === undefined ? `text: 'hello from ${name}'` : `...(await findEntry(${given}, params.id))`,
    ...(calls.length === 0 ? [] : ['unavailable: await unavailableServices(client, context)']),
  ];
  const simple = store !== undefined && calls.length === 0;
  return lines(
    imports([
      [`@groundwork/contracts/${name}`, `type ${id}`],
      ['@groundwork/kit', calls.length > 0 && 'type Client', 'type Handlers'],
      ['@groundwork/kit/cassandra', store === 'cassandra' && 'type Keyspace'],
      ['kysely', store === 'postgres' && 'type Kysely'],
      ['./calls.ts', calls.length > 0 && 'unavailableServices'],
      ['./entries.ts', store !== undefined && 'findEntry', store === 'postgres' && 'type Tables'],
    ]),
    `/** Handlers of the ${name} contract. */`,
    `export function handlers(${parameters.join(', ')}): Handlers<typeof ${id}> {`,
    '  return {',
    `    ${store === undefined ? 'greet' : 'getEntry'}: async (${input.length === 0 ? '' : `{ ${input.join(', ')} }`}) => ({`,
    '      status: 200,',
    simple ? `      body: await findEntry(${given}, params.id),` : `      body: { ${fields.join(', ')} },`,
    '    }),',
    '  };',
    '}',
    '',
  );
}

/** Calls every service once. */
export function callsFile({ name, id, calls }: ServicePlan): string {
  const made = calls.map(
    (call) => `    '${call.value.name}': client.call(${calledBy(call)}, ${JSON.stringify(call.input)}, context),`,
  );
  return lines(
    imports([
      ...calls.map(({ module, constant }) => [`@groundwork/contracts/${module}`, constant] as const),
      [`@groundwork/contracts/${name}`, `type ${id}`],
      ['@groundwork/kit', 'type Client', 'type Context'],
    ]),
    '/** Calls each service, all at once. @returns those that did not answer: the response does not depend on them */',
    `export async function unavailableServices(client: Client<typeof ${id}>, context: Context): Promise<string[]> {`,
    '  const calls = {',
    ...made,
    '  };',
    '  const answers = await Promise.allSettled(Object.values(calls));',
    "  return Object.keys(calls).filter((_, index) => answers[index]?.status === 'rejected');",
    '}',
    '',
  );
}

export function eventsFile({ name, id, store, consumes }: ServicePlan): string {
  const topics = [...new Set(consumes.map(({ value }) => value.name))];
  const handler = {
    postgres: '({ id, occurredAt }, transaction) => addEntry(transaction, id, occurredAt)',
    cassandra: '({ id, occurredAt }) => addEntry(keyspace, id, occurredAt)',
    none: "async ({ key }, _position, log) => log.debug({ key }, 'event received')",
  }[store ?? 'none'];
  const handlers = ['{', ...topics.map((topic) => `  '${topic}': ${handler},`), '}'].join('\n');
  const stored = 'Handlers of the consumed events: each stores an entry with the id of the event';
  const repeated = store === 'postgres' ? '' : ', and may run twice';
  return lines(
    imports([
      [`@groundwork/contracts/${name}`, `type ${id}`],
      ['@groundwork/kit/cassandra', store === 'cassandra' && 'type Keyspace'],
      ['@groundwork/kit/events', store === 'postgres' ? 'type EventHandlers' : 'type ProjectionHandlers'],
      ['./entries.ts', store !== undefined && 'addEntry', store === 'postgres' && 'type Tables'],
    ]),
    store ? `/** ${stored}${repeated}. */` : '/** Handlers of the consumed events, which may run twice. */',
    store === 'postgres' && `export const eventHandlers: EventHandlers<typeof ${id}, Tables> = ${handlers};`,
    store === 'cassandra' &&
      `export function eventHandlers(keyspace: Keyspace): ProjectionHandlers<typeof ${id}> {\n  return ${handlers};\n}`,
    store === undefined && `export const eventHandlers: ProjectionHandlers<typeof ${id}> = ${handlers};`,
    '',
  );
}
