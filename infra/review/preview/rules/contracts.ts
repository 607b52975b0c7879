import type { Contract, Event, Operation } from '@groundwork/constructs';
import type { Observation } from '../finding.ts';
import type { ContractRule } from './rule.ts';
import { type Narrowing, narrower } from './schema.ts';

/** Breaking changes of contracts: operations and events that are removed or accept less than before. */
export const contracts: ContractRule = {
  id: 'contracts',
  check(before, after) {
    const kept = new Map(after.map((contract) => [contract.name, contract]));
    return before.flatMap((was) => {
      const is = kept.get(was.name);
      const used = (operation: string): string[] =>
        after
          .filter(({ calls }) => calls.some((call) => call.service === was.name && call.name === operation))
          .map(({ name }) => name);
      if (is === undefined) {
        const subject = `contract '${was.name}'`;
        const what = 'the service is deleted, with what it owns';
        const advice = 'back up its data before this is deployed';
        return [{ severity: 'critical', subject, what, advice, cause: subject }];
      }
      const operations: readonly Operation[] = Object.values(was.http);
      const edges = new Set(after.filter(({ edge }) => edge).map(({ name }) => name));
      return [
        ...operations.flatMap((operation) => {
          const users = used(operation.name);
          const found = operationChanges(operation, is, users);
          // An edge forwards what its clients send, and they cannot know the new contract yet.
          const callers = users.filter((name) => !edges.has(name));
          return [...found, ...rolloutChanges(operation, is, callers, new Set(found.map(({ field }) => field)))];
        }),
        ...eventChanges(was, is, after),
        ...edgeChanges(was, is),
        ...databaseChanges(was, is),
      ];
    });
  },
};

function operationChanges(before: Operation, contract: Contract, users: readonly string[]): Observation[] {
  const cause = `contract '${contract.name}' › http.${before.name}`;
  const affected = users.length === 0 ? (contract.edge ? 'external clients' : 'its callers') : users.join(', ');
  const http: Readonly<Record<string, Operation | undefined>> = contract.http;
  const after = http[before.name];
  const breaks = (what: string, field: string, values: readonly unknown[] = []): Observation => ({
    severity: 'critical',
    subject: cause,
    what: `${what}: this breaks ${affected}`,
    field,
    before: values[0],
    after: values[1],
    advice:
      'add the new version next to the old, migrate the callers, then remove the old: both versions run during a rollout',
    cause,
  });
  if (after === undefined) return [breaks(`${before.method} ${before.path} is no longer served`, 'http')];
  const found: Observation[] = [];
  if (before.method !== after.method) found.push(breaks('its method changes', 'method', [before.method, after.method]));
  if (before.path !== after.path) found.push(breaks('its path changes', 'path', [before.path, after.path]));
  if ((before.spec.auth ?? 'user') === 'none' && (after.spec.auth ?? 'user') === 'user')
    found.push(breaks('it now requires a token', 'auth', ['none', 'user']));
  for (const part of ['params', 'query', 'body'] as const) {
    for (const { at, what } of narrower(before.spec[part], after.spec[part], 'taken'))
      found.push(breaks(what, `${part}${at}`));
  }
  for (const [status, schema] of Object.entries(before.spec.reply)) {
    if (Number(status) >= 400) continue;
    const reply = after.spec.reply[Number(status)];
    if (reply === undefined) found.push(breaks(`it no longer replies with ${status}`, 'reply'));
    else for (const { at, what } of narrower(schema, reply, 'given')) found.push(breaks(what, `reply.${status}${at}`));
  }
  if (before.spec.idempotency !== 'required' && after.spec.idempotency === 'required')
    found.push(
      breaks('it now requires an idempotency key', 'idempotency', [before.spec.idempotency ?? 'none', 'required']),
    );
  if (before.spec.idempotency !== undefined && after.spec.idempotency === undefined)
    found.push({
      ...breaks('it no longer takes an idempotency key', 'idempotency', [before.spec.idempotency, 'none']),
      what: 'it no longer takes an idempotency key: a request that is repeated acts again',
      advice: 'keep it while clients repeat requests',
    });
  if ((before.spec.auth ?? 'user') === 'user' && (after.spec.auth ?? 'user') === 'none') {
    found.push({
      ...breaks('it no longer requires a token', 'auth', ['user', 'none']),
      what: 'it no longer requires a token: any client may call it',
      advice: 'check that its replies may be public',
    });
  }
  return found;
}

/**
 * What new callers and pods of the version before do not understand of each other: both run during a rollout.
 * @param known fields with a change that breaks callers in any case
 */
function rolloutChanges(
  before: Operation,
  contract: Contract,
  callers: readonly string[],
  known: ReadonlySet<string | undefined>,
): Observation[] {
  const http: Readonly<Record<string, Operation | undefined>> = contract.http;
  const after = http[before.name];
  if (after === undefined || callers.length === 0) return [];
  const cause = `contract '${contract.name}' › http.${before.name}`;
  const names = callers.join(', ');
  const requests = (['params', 'query', 'body'] as const).flatMap((part) =>
    narrower(after.spec[part], before.spec[part], 'taken').map(({ at }) => ({
      field: `${part}${at}`,
      what: `pods of the version before reject some of what it accepts now: a new ${names} must not send it to them`,
      advice: `deploy ${contract.name} first, then what sends it`,
    })),
  );
  const replies = Object.entries(before.spec.reply).flatMap(([status, schema]) => {
    const reply = after.spec.reply[Number(status)];
    return reply === undefined
      ? []
      : narrower(schema, reply, 'stored').map(({ at, what }) => ({
          field: `reply.${status}${at}`,
          what: `${what}: a new ${names} rejects replies of pods of the version before`,
          advice: `keep the former schema until every pod of ${contract.name} replies with the new one`,
        }));
  });
  return [...requests, ...replies]
    .filter(({ field }) => !known.has(field))
    .map((one): Observation => ({ severity: 'warning', subject: cause, cause, ...one }));
}

/** An edge serves the operations that it calls, so those are reachable from outside the cluster. */
function edgeChanges(before: Contract, after: Contract): Observation[] {
  if (!before.edge || !after.edge) return [];
  const routes = ({ calls }: Contract) => new Map(calls.map((call) => [`${call.method} ${call.path}`, call]));
  const [was, is] = [routes(before), routes(after)];
  const of = ({ service, name }: Operation): string => `contract '${after.name}' › calls ${service}.${name}`;
  const gone = [...was].filter(([route]) => !is.has(route));
  const come = [...is].filter(([route]) => !was.has(route));
  return [
    ...gone.map(
      ([route, call]): Observation => ({
        severity: 'critical',
        subject: of(call),
        what: `${route} can no longer be reached: this breaks external clients`,
        advice: 'check that no client uses it',
        cause: of(call),
      }),
    ),
    ...come.map(
      ([route, call]): Observation => ({
        severity: 'warning',
        subject: of(call),
        what: `${route} can be reached from outside${call.spec.auth === 'none' ? ', without a token' : ''}`,
        advice: 'check that it may be public',
        cause: of(call),
      }),
    ),
  ];
}

function databaseChanges(before: Contract, after: Contract): Observation[] {
  const owns = ({ owns: needs }: Contract): boolean => needs.some(({ kind }) => kind === 'postgres');
  if (!owns(before) || owns(after)) return [];
  const cause = `contract '${after.name}' › owns postgres`;
  return [
    {
      severity: 'warning',
      subject: cause,
      what: 'its database stays on the server without an owner',
      advice: 'take a backup and drop it manually, or keep it',
      cause,
    },
  ];
}

function eventChanges(before: Contract, after: Contract, all: readonly Contract[]): Observation[] {
  return before.publishes.flatMap((event): Observation[] => {
    const kept = after.publishes.find(({ name, version }) => name === event.name && version === event.version);
    const readers = all
      .filter(({ consumes }) => consumes.some(({ name, version }) => name === event.name && version === event.version))
      .map(({ name }) => name);
    const cause = `contract '${after.name}' › publishes ${event.name} v${event.version}`;
    const breaks = (what: string, field?: string): Observation => ({
      severity: 'critical',
      subject: cause,
      what,
      ...(field === undefined ? {} : { field }),
      advice: 'publish a new version next to it until all consumers have migrated and the topic has no old events',
      cause,
    });
    if (kept === undefined)
      return [
        breaks(
          `it is no longer published${readers.length > 0 ? `, and ${readers.join(', ')} still consume it` : '; events in the topic stay'}`,
        ),
      ];
    return [
      ...(event.key === kept.key
        ? []
        : [
            breaks(
              `its key changes from ${event.key} to ${kept.key}: events change partitions, and their order is lost`,
              'key',
            ),
          ]),
      ...eventNarrowings(event, kept).map(({ at, what, effect }) =>
        breaks(`${what}: this breaks ${readers.join(', ') || 'its consumers'}, ${effect}`, `schema${at}`),
      ),
    ];
  });
}

/** Consumers with the new schema read the events that are in the topic, and consumers with the old one read new events. */
function eventNarrowings(before: Event, after: Event): (Narrowing & { readonly effect: string })[] {
  const [stored, published] = ['with older events and the new schema', 'with new events and the old schema'];
  const found = new Map<string, Narrowing & { readonly texts: string[] }>();
  for (const [use, effect] of [
    ['stored', stored],
    ['given', published],
  ] as const)
    for (const one of narrower(before.schema, after.schema, use)) {
      const key = `${one.at} ${one.what}`;
      found.set(key, { ...one, texts: [...(found.get(key)?.texts ?? []), effect] });
    }
  return [...found.values()].map(({ texts, ...one }) => ({ ...one, effect: texts.join(', and ') }));
}
