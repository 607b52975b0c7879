import { migrationsOf, POOL_SIZE } from '../need.ts';
import type { ServicePlan } from '../plan.ts';
import { imports, lines } from './text.ts';

/** The contract of the service: one operation, and what it owns, consumes and calls. */
export function contractFile(plan: ServicePlan): string {
  const { name, id, store, calls, consumes } = plan;
  const migrations = `migrations: '${migrationsOf(plan)}'`;
  const unavailable =
    calls.length > 0 &&
    `unavailable: Type.Array(Type.String({ examples: ['${calls[0]?.value.name}'] }), { description: 'Services that were called and did not answer.' }),`;
  const entry = lines(
    `    getEntry: route('GET', '/${name}/:id', {`,
    "      summary: 'One entry',",
    "      auth: 'none',",
    "      params: Type.Object({ id: Type.String({ format: 'uuid' }) }),",
    '      reply: { 200: Entry },',
  );
  const greeting = lines(
    `    greet: route('GET', '/${name}', {`,
    "      summary: 'A greeting',",
    "      auth: 'none',",
    '      reply: { 200: Greeting },',
  );
  return lines(
    imports([
      ['@groundwork/contract', 'contract', store, 'route'],
      ['typebox', 'Type'],
      ...calls.map(({ module, constant }) => [`./${module}.ts`, constant] as const),
      ...consumes.map(({ module, constant }) => [`./${module}.ts`, constant] as const),
    ]),
    store ? '/** What the service stores. */' : '/** What the service answers. */',
    `${store ? 'const Entry' : 'const Greeting'} = Type.Object({`,
    store && "  id: Type.String({ format: 'uuid' }),\n  createdAt: Type.String({ format: 'date-time' }),",
    !store && "  text: Type.String({ examples: ['Hello'] }),",
    unavailable,
    '}, { additionalProperties: false });',
    '',
    `/** The service \`${name}\`. Say here what it is for. */`,
    `export const ${id} = contract('${name}', {`,
    '  http: {',
    store ? entry : greeting,
    '    }),',
    '  },',
    store === 'postgres' && `  owns: [postgres({ ${migrations}, poolSize: ${POOL_SIZE} })],`,
    store === 'cassandra' && `  owns: [cassandra({ ${migrations} })],`,
    consumes.length > 0 && `  consumes: [${consumes.map(({ constant }) => constant).join(', ')}],`,
    calls.length > 0 && `  calls: [${calls.map(calledBy).join(', ')}],`,
    '});',
    '',
  );
}

/** An operation as code, such as `catalog.http.listProducts`. */
export function calledBy({ constant, operation }: ServicePlan['calls'][number]): string {
  return `${constant}.http.${operation.name}`;
}
