import type { Contract } from '@groundwork/constructs';
import { readable } from '../../../constructs/kubernetes/without-nulls.ts';
import { type Finding, SEVERITIES } from './finding.ts';
import { merged } from './merged.ts';
import { changedObjects } from './objects.ts';
import { contractRules, rulesFor } from './rules/index.ts';
import type { EnvironmentChange } from './rules/rule.ts';
import type { Snapshot, SnapshotObject } from './snapshot.ts';

/** Differences between two versions, by environment, and their consequences. */
export interface Comparison {
  readonly environments: readonly EnvironmentChange[];
  /** Worst first. */
  readonly findings: readonly Finding[];
}

/** Compares two versions. An environment that only one of them has is created or deleted as a whole. */
export function compareSnapshots(base: Snapshot, head: Snapshot): Comparison {
  const names = [...new Set([...Object.keys(head.environments), ...Object.keys(base.environments)])];
  const exceptions = { before: base.exceptions ?? [], after: head.exceptions ?? [] };
  const environments = names.map((name) => ({
    ...environmentChange(name, entriesOf(base, name), entriesOf(head, name)),
    exceptions,
  }));
  const found = environments.flatMap((environment) =>
    rulesFor(environment).flatMap(({ id, check }) =>
      check(environment).map((observation) => ({ rule: id, environments: [environment.name], ...observation })),
    ),
  );
  return {
    environments,
    findings: sorted([...merged(found), ...contractFindings(base.contracts, head.contracts, names)]),
  };
}

/** Manifests may come from other programs and from clusters. */
function entriesOf({ environments }: Snapshot, name: string): SnapshotObject[] {
  return (environments[name] ?? []).map((entry) => {
    const manifest = readable(entry.manifest);
    return manifest === entry.manifest ? entry : { ...entry, manifest };
  });
}

function environmentChange(
  name: string,
  before: readonly SnapshotObject[],
  after: readonly SnapshotObject[],
): Omit<EnvironmentChange, 'exceptions'> {
  const manifests = (entries: readonly SnapshotObject[]) => entries.map(({ manifest }) => manifest);
  return { name, changes: changedObjects(before, after), before: manifests(before), after: manifests(after) };
}

function contractFindings(
  before: readonly Contract[] | undefined,
  after: readonly Contract[] | undefined,
  environments: readonly string[],
): Finding[] {
  if (before === undefined || after === undefined) return [];
  return contractRules.flatMap(({ id, check }) =>
    check(before, after).map((observation) => ({ rule: id, environments, ...observation })),
  );
}

/** Worst first, in an order that doesn't depend on the order of rules. */
export function sorted(findings: readonly Finding[]): Finding[] {
  const rank = ({ severity }: Finding): number => SEVERITIES.indexOf(severity);
  return findings.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      compare(a.rule, b.rule) ||
      compare(a.subject, b.subject) ||
      compare(a.field ?? '', b.field ?? ''),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
