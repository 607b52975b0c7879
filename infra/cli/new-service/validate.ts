import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ConfigurationError,
  type Contract,
  contract,
  dnsLabel,
  type Event,
  exampleOf,
  type Operation,
  route,
  throwIfAny,
} from '@groundwork/contract';
import { type TSchema, Type } from 'typebox';
import { closest } from './closest.ts';
import { exportsOf } from './modules.ts';
import { needOf } from './need.ts';
import type { Exported, NewServiceOptions, PlannedCall, PlannedEvent, ServiceLayout, ServicePlan } from './plan.ts';
import { sourcesOf } from './templates/index.ts';

const WHERE = 'npm run new -- service';

/**
 * Validates a new service against the repository; writes nothing.
 * @param root root of the repository
 * @throws ConfigurationError (or `ConfigurationErrors`) that lists everything that is wrong
 */
export async function planService(
  root: string,
  layout: ServiceLayout,
  name: string,
  { owns, calls = [], consumes = [] }: NewServiceOptions,
): Promise<ServicePlan> {
  const exported = await exportsOf(join(root, layout.contracts));
  const contracts = exported.filter((one): one is Exported<Contract> => one.value.kind === 'contract');
  const published = new Set(layout.known.flatMap(({ publishes }) => publishes.map((event) => event.name)));
  const events = exported.filter(
    (one): one is Exported<Event> => one.value.kind === 'event' && published.has(one.value.name),
  );
  const results = {
    name: [attempt(() => validateName(root, layout, name))],
    calls: [...new Set(calls)].map((service) => attempt(() => planCall(contracts, layout.known, service))),
    consumes: [...new Set(consumes)].map((topic) => attempt(() => planEvent(events, topic))),
  };
  throwIfAny(Object.values(results).flatMap((all) => all.flatMap((one) => ('error' in one ? [one.error] : []))));
  const plan: ServicePlan = {
    name,
    id: name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
    layout,
    store: owns,
    calls: results.calls.flatMap((one) => ('value' in one ? [one.value] : [])),
    consumes: results.consumes.flatMap((one) => ('value' in one ? [one.value] : [])),
  };
  validateIdentifier(plan);
  layout.check(
    contract(name, {
      http: { read: route('GET', `/${name}`, { auth: 'none', reply: { 200: Type.Object({}) } }) },
      owns: needOf(plan),
      calls: plan.calls.map(({ operation }) => operation),
      consumes: plan.consumes.map(({ value }) => value),
    }) as Contract,
  );
  return plan;
}

function attempt<T>(make: () => T): { readonly value: T } | { readonly error: ConfigurationError } {
  try {
    return { value: make() };
  } catch (error) {
    if (error instanceof ConfigurationError) return { error };
    throw error;
  }
}

function validateName(root: string, layout: ServiceLayout, name: string): void {
  const where = `${WHERE} › name`;
  dnsLabel(name, where);
  if (name.includes('--'))
    throw new ConfigurationError({
      code: 'name-invalid',
      where,
      problem: `the name must have single hyphens between its words, got '${name}'`,
      fix: `write '${name.replaceAll(/-+/g, '-')}'`,
    });
  if (layout.known.some((one) => one.name === name) || existsSync(join(root, layout.folder, name)))
    throw new ConfigurationError({
      code: 'contract-duplicate',
      where,
      problem: `there is already a service or folder '${name}'`,
      fix: `choose another name, or edit ${layout.folder}/${name}`,
    });
  if (layout.reserved().includes(name)) throw reserved(name, 'a part of the system has it');
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: object };
  if (`node_modules/@groundwork/${name}` in packages || existsSync(join(root, layout.contracts, `${name}.ts`)))
    throw reserved(name, 'a package or a file beside the contracts has it');
}

/** A constant of this name must not hide another one in the written code, and must be allowed there. */
function validateIdentifier(plan: ServicePlan): void {
  const code = [...sourcesOf({ ...plan, name: 'x-x', id: 'xX' }).values()].join('\n');
  const bare = code.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|'[^']*'|`[^`]*`/g, '');
  if (KEYWORDS.includes(plan.id) || new RegExp(`(?<![.\\w])${plan.id}\\b`).test(bare))
    throw reserved(plan.name, `its code would have two meanings of '${plan.id}'`);
}

const KEYWORDS =
  'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield'.split(
    ' ',
  );

function reserved(name: string, why: string): ConfigurationError {
  return new ConfigurationError({
    code: 'name-reserved',
    where: `${WHERE} › name`,
    problem: `a service must not have the name '${name}': ${why}`,
    fix: "choose another name; a plural noun, such as 'reviews', fits most services",
  });
}

/** The first operation that only reads, and that a service can call without a user. */
function planCall(exported: readonly Exported<Contract>[], known: readonly Contract[], service: string): PlannedCall {
  const where = `${WHERE} › --calls ${service}`;
  const names = known.map((one) => one.name);
  const found = exported.find(({ value }) => value.name === service && names.includes(service));
  if (found === undefined)
    throw new ConfigurationError({
      code: 'contract-unknown',
      where,
      problem: `there is no service '${service}'${closest(service, names)}`,
      fix: `choose from: ${names.join(', ')}`,
    });
  const callable = found.value.edge ? [] : Object.values(found.value.http).filter(({ spec }) => spec.auth === 'none');
  const usable = callable
    .sort((a, b) => Number(b.method === 'GET') - Number(a.method === 'GET'))
    .flatMap((operation) => sampled(operation) ?? []);
  const [first] = usable;
  if (first !== undefined) return { ...found, ...first };
  throw new ConfigurationError({
    code: 'operation-unknown',
    where,
    problem: `'${service}' has no operation that another service can call without a user's token`,
    fix: "leave it out, or give one of its operations auth 'none'",
  });
}

function sampled(operation: Operation): Pick<PlannedCall, 'operation' | 'input' | 'reply'> | undefined {
  const { spec } = operation;
  const input: Record<string, unknown> = {};
  for (const part of ['params', 'query', 'body'] as const) {
    const schema = spec[part];
    if (schema === undefined) continue;
    const example = exampleOf(schema);
    if (example === undefined) return undefined;
    input[part] = example;
  }
  const [status, schema] = Object.entries(spec.reply)[0] as [string, TSchema];
  const body = exampleOf(schema);
  return body === undefined ? undefined : { operation, input, reply: { status: Number(status), body } };
}

function planEvent(exported: readonly Exported<Event>[], topic: string): PlannedEvent {
  const where = `${WHERE} › --consumes ${topic}`;
  const names = [...new Set(exported.map(({ value }) => value.name))];
  const [found] = exported
    .filter(({ value }) => value.name === topic)
    .sort((a, b) => b.value.version - a.value.version);
  if (found === undefined)
    throw new ConfigurationError({
      code: 'event-unpublished',
      where,
      problem: `no service publishes '${topic}'${closest(topic, names)}`,
      fix: `choose from: ${names.join(', ')}`,
    });
  const payload = exampleOf(found.value.schema);
  if (payload !== undefined) return { ...found, payload };
  throw new ConfigurationError({
    code: 'option-invalid',
    where,
    problem: `no example of '${topic}' can be made from its schema, which the tests of the service need`,
    fix: 'give the text of its schema `examples`',
  });
}
