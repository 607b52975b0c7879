import type { Manifest } from '@groundwork/constructs';
import { podSpecOf } from '../../../../constructs/kubernetes/read.ts';
import { selects } from '../../../../constructs/kubernetes/selector.ts';
import type { Finding } from '../finding.ts';
import type { SnapshotObject } from '../snapshot.ts';
import type { LiveManifest } from './state.ts';

/** The terms of a required node affinity; one of them must match. Those by field, such as a node's name, are not checked. */
interface Term {
  readonly matchExpressions?: readonly Expression[];
  readonly matchFields?: readonly unknown[];
}

interface Expression {
  readonly key?: string;
  /** `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt` or `Lt`. */
  readonly operator?: string;
  readonly values?: readonly string[];
}

type Labels = Readonly<Record<string, string>>;

/**
 * Checks whether the cluster has a node for the pods of each workload, by its node selector and its required node
 * affinity: a dry run does not show it, since the scheduler decides it later.
 * @param nodes of the cluster; none if they may not be listed
 * @param subjectOf names a workload for readers
 */
export function withoutNode(
  environment: string,
  nodes: readonly LiveManifest[],
  after: readonly SnapshotObject[],
  subjectOf: (manifest: Manifest) => string,
): Finding[] {
  if (nodes.length === 0) return [];
  return after.flatMap(({ manifest, why }): Finding[] => {
    const pod = podSpecOf(manifest);
    const { nodeSelector = {}, affinity } = pod ?? {};
    const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
    if (pod === undefined || nodes.some(({ metadata }) => fits(metadata.labels ?? {}, nodeSelector, terms))) return [];
    const bySelector = !nodes.some(({ metadata }) => fits(metadata.labels ?? {}, nodeSelector, undefined));
    return [
      {
        rule: 'nodes',
        severity: 'critical',
        environments: [environment],
        subject: subjectOf(manifest),
        what: `no node of the cluster matches its ${bySelector ? 'node selector' : 'node affinity'}: its new pods stay pending, and a rollout waits`,
        ...(bySelector && { note: JSON.stringify(nodeSelector) }),
        advice: 'label a node, or change what the pods ask for',
        cause: why,
      },
    ];
  });
}

function fits(labels: Labels, matchLabels: Labels, terms: readonly Term[] | undefined): boolean {
  return selects({ matchLabels }, labels) && (terms === undefined || terms.some((term) => isMatch(labels, term)));
}

/** A term without any requirement matches no node. */
function isMatch(labels: Labels, { matchExpressions = [], matchFields = [] }: Term): boolean {
  if (matchFields.length > 0) return true;
  return matchExpressions.length > 0 && matchExpressions.every((expression) => holds(labels, expression));
}

/** As in a label selector, and with two more operators. */
function holds(labels: Labels, expression: Expression): boolean {
  const { key = '', operator, values = [] } = expression;
  if (operator === 'Gt') return Number(labels[key]) > Number(values[0]);
  if (operator === 'Lt') return Number(labels[key]) < Number(values[0]);
  return selects({ matchExpressions: [expression] }, labels);
}
