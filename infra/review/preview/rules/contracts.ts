import type { Contract, Event, Operation } from '@groundwork/constructs';
import type { Observation } from '../finding.ts';
import type { ContractRule } from './rule.ts';
import { narrower, type Use } from './schema.ts';

/** Contracts that break those who rely on them: operations and events that go or take less than before. */
export const contracts: ContractRule = {
  id: 'contracts',
  check(before, after) {
    const young = new Map(after.map((contract) => [contract.name, contract]));
    return before.flatMap((old) => {
      const now = young.get(old.name);
      const used = (operation: string): string[] =>
        after
          .filter(({ calls }) => calls.some((call) => call.service === old.name && call.name === operation))
          .map(({ name }) => name);
      if (now === undefined) {
        return [
          {
            severity: 'danger',
            subject: `contract '${old.name}'`,
            what: 'the service goes, with what it owns',
            advice: 'keep its data before this is deployed',
            cause: `contract '${old.name}'`,
          },
        ];
      }
      return [
        ...Object.values(old.http).flatMap((operation) => operationChanges(operation, now, used(operation.name))),
        ...eventChanges(old, now, after),
        ...doorChanges(old, now),
        ...databaseChanges(old, now),
      ];
    });
  },
};

function operationChanges(old: Operation, now: Contract, users: readonly string[]): Observation[] {
  const cause = `contract '${now.name}' › http.${old.name}`;
  const affected = users.length === 0 ? (now.edge ? 'clients outside' : 'whoever calls it') : users.join(', ');
  const young = now.http[old.name] as Operation | undefined;
  const breaks = (what: string, field: string, before?: unknown, after?: unknown): Observation => ({
    severity: 'danger',
    subject: cause,
    what: `${what}: this breaks ${affected}`,
    field,
    before,
    after,
    advice: 'add the new beside the old, move the callers, then remove the old: both versions run during a rollout',
    cause,
  });
  if (young === undefined) return [breaks(`${old.method} ${old.path} is no longer served`, 'http')];
  const found: Observation[] = [];
  if (old.method !== young.method) found.push(breaks('its method changes', 'method', old.method, young.method));
  if (old.path !== young.path) found.push(breaks('its path changes', 'path', old.path, young.path));
  if ((old.spec.auth ?? 'user') === 'none' && (young.spec.auth ?? 'user') === 'user')
    found.push(breaks('it now asks for a token', 'auth', 'none', 'user'));
  for (const part of ['params', 'query', 'body'] as const) {
    for (const { at, what } of narrower(old.spec[part], young.spec[part], 'taken'))
      found.push(breaks(what, `${part}${at}`));
  }
  for (const [status, schema] of Object.entries(old.spec.reply)) {
    if (Number(status) >= 400) continue;
    const reply = young.spec.reply[Number(status)];
    if (reply === undefined) found.push(breaks(`it no longer answers ${status}`, 'reply'));
    else for (const { at, what } of narrower(schema, reply, 'given')) found.push(breaks(what, `reply.${status}${at}`));
  }
  if ((old.spec.auth ?? 'user') === 'user' && (young.spec.auth ?? 'user') === 'none') {
    found.push({
      ...breaks('it no longer asks for a token', 'auth', 'user', 'none'),
      what: 'it no longer asks for a token: anybody may ask',
      advice: 'see that its answers are for everybody',
    });
  }
  return found;
}

/** An edge serves the operations that it calls, so those are what the world outside reaches. */
function doorChanges(old: Contract, now: Contract): Observation[] {
  if (!old.edge || !now.edge) return [];
  const routes = ({ calls }: Contract) => new Map(calls.map((call) => [`${call.method} ${call.path}`, call]));
  const [was, is] = [routes(old), routes(now)];
  const of = ({ service, name }: Operation): string => `contract '${now.name}' › calls ${service}.${name}`;
  const gone = [...was].filter(([route]) => !is.has(route));
  const come = [...is].filter(([route]) => !was.has(route));
  return [
    ...gone.map(
      ([route, call]): Observation => ({
        severity: 'danger',
        subject: of(call),
        what: `${route} can no longer be reached: this breaks clients outside`,
        advice: 'see that no client asks for it any more',
        cause: of(call),
      }),
    ),
    ...come.map(
      ([route, call]): Observation => ({
        severity: 'caution',
        subject: of(call),
        what: `${route} can be reached from outside${call.spec.auth === 'none' ? ', without a token' : ''}`,
        advice: 'see that it is meant for everybody',
        cause: of(call),
      }),
    ),
  ];
}

function databaseChanges(old: Contract, now: Contract): Observation[] {
  const owns = ({ owns: needs }: Contract): boolean => needs.some(({ kind }) => kind === 'postgres');
  if (!owns(old) || owns(now)) return [];
  const cause = `contract '${now.name}' › owns postgres`;
  return [
    {
      severity: 'caution',
      subject: cause,
      what: 'its database stays on the server, and nobody owns it',
      advice: 'take a backup and drop it by hand, or keep it',
      cause,
    },
  ];
}

function eventChanges(old: Contract, now: Contract, all: readonly Contract[]): Observation[] {
  return old.publishes.flatMap((event): Observation[] => {
    const young = now.publishes.find(({ name, version }) => name === event.name && version === event.version);
    const readers = all
      .filter(({ consumes }) => consumes.some(({ name, version }) => name === event.name && version === event.version))
      .map(({ name }) => name);
    const cause = `contract '${now.name}' › publishes ${event.name} v${event.version}`;
    const breaks = (what: string, field?: string): Observation => ({
      severity: 'danger',
      subject: cause,
      what,
      ...(field === undefined ? {} : { field }),
      advice: 'publish a new version beside it until all consumers have moved and the topic holds no old events',
      cause,
    });
    if (young === undefined)
      return [
        breaks(
          `it is no longer published${readers.length > 0 ? `, and ${readers.join(', ')} still consume it` : '; events in the topic stay'}`,
        ),
      ];
    return [
      ...keyChange(event, young, breaks),
      ...narrower(event.schema, young.schema, 'given' satisfies Use).map(({ at, what }) =>
        breaks(`${what}: this breaks ${readers.join(', ') || 'its consumers'}`, `schema${at}`),
      ),
    ];
  });
}

function keyChange(old: Event, young: Event, breaks: (what: string, field?: string) => Observation): Observation[] {
  return old.key === young.key
    ? []
    : [
        breaks(
          `its key changes from ${old.key} to ${young.key}: events change partitions, and their order is lost`,
          'key',
        ),
      ];
}
