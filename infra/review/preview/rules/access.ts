import type { PolicyRule, Subject } from 'kubernetes-types/rbac/v1.d.ts';
import { isKind } from '../../../../constructs/kubernetes/read.ts';
import { busRights } from '../bus.ts';
import { canonical } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { about, type EnvironmentRule } from './rule.ts';

/** Rights that accounts gain, in the cluster and in Kafka. */
export const access: EnvironmentRule = {
  id: 'access',
  check: ({ changes, before, after }) => [
    ...changes.flatMap((change) => [...gained(change), ...bound(change)]),
    ...onBus(busRights(before), busRights(after)),
  ],
};

/** Rights in Kafka that accounts gain. */
function onBus(
  before: ReadonlyMap<string, ReadonlySet<string>>,
  after: ReadonlyMap<string, ReadonlySet<string>>,
): Observation[] {
  return [...after].flatMap(([account, rights]): Observation[] => {
    const come = [...rights].filter((right) => !before.get(account)?.has(right));
    if (come.length === 0) return [];
    return [
      {
        severity: 'warning',
        subject: `${account} in Kafka`,
        what: `it may now ${come.join(', ')}`,
        advice: 'check that its contract intends this',
        cause: `contract '${account}' › publishes, consumes`,
      },
    ];
  });
}

function gained(change: ObjectChange): Observation[] {
  const rules = (manifest: ObjectChange['before']) =>
    isKind(manifest, 'Role', 'ClusterRole') ? (manifest.rules ?? []) : [];
  const had = new Set(rights(rules(change.before)));
  const isWide = change.kind === 'ClusterRole';
  return rights(rules(change.after))
    .filter((right) => !had.has(right))
    .map((right) =>
      about(
        change,
        isWide || right.includes('*') ? 'critical' : 'warning',
        `it may now ${right}${isWide ? ', in the whole cluster' : ''}`,
        'check that it needs this right; restrict it to named objects where possible',
      ),
    );
}

/** One right per verb and resource, such as `get secrets`. */
function rights(rules: readonly PolicyRule[]): string[] {
  return rules.flatMap(({ apiGroups = [''], resources = [], nonResourceURLs = [], resourceNames, verbs = [] }) => {
    const things = [
      ...resources.flatMap((resource) => apiGroups.map((group) => (group === '' ? resource : `${resource}.${group}`))),
      ...nonResourceURLs,
    ];
    const which = resourceNames === undefined ? '' : ` named ${resourceNames.join(', ')}`;
    return things.flatMap((thing) => verbs.map((verb) => `${verb} ${thing}${which}`));
  });
}

function bound(change: ObjectChange): Observation[] {
  const { kind, before, after, fields } = change;
  if (!isKind(after, 'RoleBinding', 'ClusterRoleBinding')) return [];
  const named = (subjects: readonly Subject[] = []) =>
    new Map(subjects.map((subject) => [canonical(subject), `${subject.kind} ${subject.name}`]));
  const had = named(isKind(before, 'RoleBinding', 'ClusterRoleBinding') ? before.subjects : []);
  const role = after.roleRef?.name ?? '';
  const field = fields.find(({ path }) => path[0] === 'roleRef');
  const severity = kind === 'ClusterRoleBinding' || role === 'cluster-admin' ? 'critical' : 'warning';
  return [...named(after.subjects)]
    .filter(([subject]) => !had.has(subject) || field !== undefined)
    .map(([, name]) =>
      about(change, severity, `${name} gets the rights of ${role}`, 'check that it needs them', field),
    );
}
