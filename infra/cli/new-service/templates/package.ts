import type { ServicePlan } from '../plan.ts';
import { lines } from './text.ts';

/**
 * package.json of the service.
 * @param kit that of the kit, for the versions of packages that both use
 */
export function manifest(
  { name, store }: ServicePlan,
  kit: { readonly version: string; readonly dependencies: Readonly<Record<string, string>> },
) {
  const own = `^${kit.version}`;
  return {
    name: `@groundwork/${name}`,
    version: kit.version,
    license: 'Apache-2.0',
    type: 'module',
    dependencies: {
      '@groundwork/contracts': own,
      '@groundwork/kit': own,
      ...(store === 'postgres' ? { kysely: kit.dependencies.kysely } : {}),
    },
  };
}

/** README.md of the service: one screen. */
export function readme({ name, layout, store, calls, consumes }: ServicePlan): string {
  const called = calls.map(({ operation }) => `\`${operation.service}\` (\`${operation.method} ${operation.path}\`)`);
  const topics = consumes.map(({ value }) => `\`${value.name}\``);
  const edge = layout.known.find((one) => one.edge);
  const effect = store === undefined ? 'logs each' : 'stores an entry for each, with the id of the event';
  return lines(
    `# ${name}`,
    '',
    'Say here what the service is for, and what it promises.',
    '',
    store && `- **Owns** a ${store === 'postgres' ? 'PostgreSQL database' : 'Cassandra keyspace'}: \`migrations/\`.`,
    topics.length > 0 && `- **Consumes** ${topics.join(', ')}: it ${effect}.`,
    called.length > 0 &&
      `- **Calls** ${called.join(', ')}. It answers without a service that is unavailable, and lists it in \`unavailable\`.`,
    (store || topics.length > 0 || called.length > 0) && '',
    '| operation | what it does |',
    '| --- | --- |',
    store ? `| \`GET /${name}/:id\` | one entry |` : `| \`GET /${name}\` | a greeting |`,
    '',
    edge && 'No service calls it yet. To make an operation reachable from outside, add it to `calls` of',
    edge && `\`${layout.contracts}/${edge.name}.ts\`.\n`,
    `Tests: \`npm test ${layout.folder}/${name}\`.`,
    '',
  );
}
