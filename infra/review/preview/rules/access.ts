import { busRights } from '../bus.ts';
import { canonical, pathText } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import type { EnvironmentRule } from './rule.ts';

interface PolicyRule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** Rights that somebody gains: in the cluster, and in Kafka. */
export const access: EnvironmentRule = {
  id: 'access',
  check: ({ changes, before, after }) => [
    ...changes.flatMap((change) => {
      if (change.kind === 'Role' || change.kind === 'ClusterRole') return gained(change);
      if (change.kind === 'RoleBinding' || change.kind === 'ClusterRoleBinding') return bound(change);
      return [];
    }),
    ...onBus(busRights(before), busRights(after)),
  ],
};

/** What accounts may do in Kafka that they might not before. */
function onBus(
  old: ReadonlyMap<string, ReadonlySet<string>>,
  young: ReadonlyMap<string, ReadonlySet<string>>,
): Observation[] {
  return [...young].flatMap(([account, rights]): Observation[] => {
    const come = [...rights].filter((right) => !old.get(account)?.has(right));
    if (come.length === 0) return [];
    return [
      {
        severity: 'caution',
        subject: `${account} in Kafka`,
        what: `it may now ${come.join(', ')}`,
        advice: 'see that its contract means it',
        cause: `contract '${account}' › publishes, consumes`,
      },
    ];
  });
}

function gained({ id, kind, before, after, why }: ObjectChange): Observation[] {
  const had = new Set(rights(before?.rules));
  return rights(after?.rules)
    .filter((right) => !had.has(right))
    .map((right) => ({
      severity: right.includes('*') || kind === 'ClusterRole' ? 'danger' : 'caution',
      subject: id,
      what: `it may now ${right}${kind === 'ClusterRole' ? ', in the whole cluster' : ''}`,
      advice: 'see that it needs just this; name single objects where you can',
      cause: why,
    }));
}

/** Each verb on each resource, in words. */
function rights(rules: unknown): string[] {
  return ((rules ?? []) as PolicyRule[]).flatMap(
    ({ apiGroups = [''], resources = [], nonResourceURLs = [], resourceNames, verbs }) => {
      const things = [
        ...resources.flatMap((resource) =>
          apiGroups.map((group) => (group === '' ? resource : `${resource}.${group}`)),
        ),
        ...nonResourceURLs,
      ];
      const which = resourceNames === undefined ? '' : ` named ${resourceNames.join(', ')}`;
      return things.flatMap((thing) => verbs.map((verb) => `${verb} ${thing}${which}`));
    },
  );
}

function bound({ id, kind, before, after, fields, why }: ObjectChange): Observation[] {
  const subjects = (manifest: ObjectChange['before']): Map<string, string> =>
    new Map(
      ((manifest?.subjects ?? []) as { kind: string; name: string }[]).map((subject) => [
        canonical(subject),
        `${subject.kind} ${subject.name}`,
      ]),
    );
  const had = subjects(before);
  const role = (after?.roleRef as { name?: string } | undefined)?.name ?? '';
  const field = fields.find(({ path }) => path[0] === 'roleRef');
  return [...subjects(after)]
    .filter(([subject]) => !had.has(subject) || field !== undefined)
    .map(([, name]) => ({
      severity: kind === 'ClusterRoleBinding' || role === 'cluster-admin' ? 'danger' : 'caution',
      subject: id,
      what: `${name} gets the rights of ${role}`,
      ...(field === undefined ? {} : { field: pathText(field.path), before: field.before, after: field.after }),
      advice: 'see that it needs them',
      cause: why,
    }));
}
