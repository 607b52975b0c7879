import type { Contract } from '@groundwork/constructs';
import { wellFormed } from '../../../constructs/system/index.ts';
import { failureFindings, isIncomparable } from './failure.ts';
import { type Finding, SEVERITIES, type Severity } from './finding.ts';
import { withoutSecrets } from './mask.ts';
import { merged } from './merged.ts';
import { changedObjects } from './objects.ts';
import { contractRules, RULE_ORDER, rulesFor } from './rules/index.ts';
import type { EnvironmentChange } from './rules/rule.ts';
import type { Snapshot, SnapshotObject } from './snapshot.ts';

/** Differences between two versions, by environment, and their consequences. */
export interface Comparison {
  readonly environments: readonly EnvironmentChange[];
  /** Worst first. */
  readonly findings: readonly Finding[];
}

/**
 * Compares two versions. An environment that only one of them has is created or deleted as a whole; one that can't be
 * synthesized has no changes, only a finding.
 */
export function compareSnapshots(base: Snapshot, head: Snapshot): Comparison {
  const named = [head, base].flatMap(({ environments, failed = [] }) => [
    ...Object.keys(environments),
    ...failed.flatMap(({ environment = [] }) => environment),
  ]);
  const names = [...new Set(named)];
  const environments = names.map((name): EnvironmentChange => {
    const objects = ({ environments: made }: Snapshot) => (isIncomparable(name, base, head) ? [] : (made[name] ?? []));
    return {
      ...environmentChange(name, objects(base), objects(head)),
      exceptions: { before: base.exceptions, after: head.exceptions },
      settings: { before: base.settings?.[name], after: head.settings?.[name] },
    };
  });
  const found = environments
    .filter(({ name }) => !isIncomparable(name, base, head))
    .flatMap((environment) =>
      withoutRepetition(
        rulesFor(environment).flatMap(({ id, check }) =>
          check(environment).map((observation) => ({ rule: id, environments: [environment.name], ...observation })),
        ),
      ),
    );
  return {
    environments,
    findings: sorted([
      ...failureFindings(base, head, names),
      ...merged(found),
      ...contractFindings(base.contracts, head.contracts, names),
    ]),
  };
}

/** Without what the policy says of a place of which another rule says something at least as severe. */
function withoutRepetition(findings: readonly Finding[]): Finding[] {
  const others = Map.groupBy(
    findings.filter(({ rule }) => rule !== 'policy'),
    ({ subject }) => subject,
  );
  const said = (one: Finding): boolean =>
    (others.get(one.subject) ?? []).some(
      (other) => rankOf(other.severity) <= rankOf(one.severity) && isSamePlace(one, other),
    );
  return findings.filter((one) => one.rule !== 'policy' || !said(one));
}

/** Rights have no field. The policy writes `containers.users` for `containers[users]`, and may name the field around. */
function isSamePlace({ field = '' }: Finding, other: Finding): boolean {
  if (other.field === undefined) return other.rule === 'access' && /^(rules|subjects|roleRef)\b/.test(field);
  const path = `${other.field.replaceAll('[', '.').replaceAll(']', '')}.`;
  return path.startsWith(`${field}.`);
}

function environmentChange(
  name: string,
  before: readonly SnapshotObject[],
  after: readonly SnapshotObject[],
): Omit<EnvironmentChange, 'exceptions' | 'settings'> {
  const [was, is] = [wellFormedEntries(before), wellFormedEntries(after)];
  const manifests = (entries: readonly SnapshotObject[]) => entries.map(({ manifest }) => manifest);
  return { name, changes: changedObjects(was, is), before: manifests(was), after: manifests(is) };
}

/** Objects of a snapshot may come from any program: here they lose their secrets, before anything reads them. */
function wellFormedEntries(entries: readonly SnapshotObject[]): SnapshotObject[] {
  return entries.flatMap((entry) =>
    wellFormed(entry.manifest).map((manifest) => ({ ...entry, manifest: withoutSecrets(manifest) })),
  );
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

/** Worst first, then data before access, in an order that doesn't depend on that of objects. */
export function sorted(findings: readonly Finding[]): Finding[] {
  const place = ({ rule }: Finding): number => RULE_ORDER.indexOf(rule) + 1 || RULE_ORDER.length + 1;
  return findings.toSorted(
    (a, b) =>
      rankOf(a.severity) - rankOf(b.severity) ||
      place(a) - place(b) ||
      compare(a.rule, b.rule) ||
      compare(a.subject, b.subject) ||
      compare(a.field ?? '', b.field ?? ''),
  );
}

function rankOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
