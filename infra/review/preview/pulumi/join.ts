import type { Finding } from '../finding.ts';
import { changedObjects, identityOf, subjectsOf } from '../objects.ts';
import type { SnapshotObject } from '../snapshot.ts';
import type { Operation, StackPlan } from './digest.ts';
import { reportBehind, reportStep } from './report.ts';
import { behind } from './stack-state.ts';

/** Number of a stack's objects by Pulumi operation. */
export type StackCounts = Readonly<Record<Operation, number>>;

/** Findings that need the state of a stack. */
export interface StackFindings {
  readonly findings: readonly Finding[];
  readonly remarks: readonly string[];
  readonly counts: StackCounts;
}

/** An environment's objects in the sources of both versions. */
export interface Sources {
  /** Undefined if the base doesn't have the environment, or can't be synthesized. */
  readonly base: readonly SnapshotObject[] | undefined;
  readonly head: readonly SnapshotObject[];
}

/** Compares Pulumi's plan of a stack with what the rules predict from the sources. Pure. */
export function joinStack(environment: string, plan: StackPlan, { base, head }: Sources): StackFindings {
  const counts = countsOf(plan);
  const causes = new Map([...(base ?? []), ...head].map(({ manifest, why }) => [identityOf(manifest), why]));
  const predicted = new Map(
    changedObjects(base ?? [], head).flatMap(({ action, after, before }) => {
      const manifest = after ?? before;
      return manifest === undefined ? [] : [[identityOf(manifest), action] as const];
    }),
  );
  const common = { rule: 'pulumi', environments: [environment] };
  const subjectOf = subjectsOf(plan.steps.map(({ object }) => object));
  const findings = plan.steps.flatMap((step): Finding[] => {
    const reported = reportStep(step, base === undefined ? undefined : (predicted.get(step.identity) ?? 'same'));
    const cause = causes.get(step.identity) ?? 'no longer in the source';
    return reported === undefined ? [] : [{ ...common, ...reported, subject: subjectOf(step.object), cause }];
  });
  const hasAny = plan.steps.some(({ deployed }) => deployed !== undefined);
  const state =
    base === undefined || !hasAny
      ? undefined
      : reportBehind(
          behind(
            plan,
            base.map(({ manifest }) => manifest),
          ),
        );
  return {
    findings:
      state === undefined
        ? findings
        : [...findings, { ...common, ...state, subject: `stack ${environment}`, cause: 'the last deploy' }],
    remarks: [
      `Joined with pulumi preview of stack ${environment}: ${hasAny ? summary(counts) : 'nothing is deployed yet'}.`,
      ...(plan.isWhole
        ? []
        : [`The preview of stack ${environment} does not show all objects: it failed, or ran without --show-sames.`]),
    ],
    counts,
  };
}

function countsOf({ steps }: StackPlan): StackCounts {
  const counts = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
  for (const { operation } of steps) counts[operation]++;
  return counts;
}

function summary(counts: StackCounts): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([operation, count]) => `${count} ${operation}`)
    .join(', ');
}
