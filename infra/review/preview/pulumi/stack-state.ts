import type { Manifest } from '@groundwork/constructs';
import { ofKind, scales } from '../../../../constructs/kubernetes/read.ts';
import { diff, pathText } from '../diff/index.ts';
import { normalizeImages } from '../live/images.ts';
import { isNamedByContent } from '../live/jobs.ts';
import { withoutValues } from '../live/secrets.ts';
import { identityOf, subjectsOf } from '../objects.ts';
import type { StackPlan } from './digest.ts';

/** Differences between a stack and the base: what a deploy changes in addition to the head's changes. */
export interface Behind {
  /** Objects that differ from the base, such as `Deployment/users`. */
  readonly other: readonly string[];
  /** Objects of the base that the stack doesn't have; none if the plan is incomplete. */
  readonly absent: readonly string[];
  /** Objects of the stack that the base doesn't have. */
  readonly extra: readonly string[];
}

/** What Pulumi shows instead of a secret. */
const SECRET = '[secret]';

/**
 * Compares the last deploy with the base, except for what the source can't predict: values of secrets, and Jobs that
 * are named after an image built later.
 */
export function behind({ steps, isWhole }: StackPlan, base: readonly Manifest[]): Behind {
  const known = new Map(base.map((manifest) => [identityOf(manifest), manifest]));
  const autoscalers = ofKind(base, 'HorizontalPodAutoscaler');
  const deployed = steps.flatMap(({ deployed: manifest }) =>
    manifest === undefined || isNamedByContent(manifest) ? [] : [manifest],
  );
  const present = new Set(deployed.map(identityOf));
  const subjectOf = subjectsOf([...base, ...deployed]);
  // In an order that doesn't depend on the order of steps.
  const names = (manifests: readonly Manifest[]) => manifests.map(subjectOf).sort();
  const isOther = (manifest: Manifest): boolean => {
    const before = known.get(identityOf(manifest));
    if (before === undefined) return false;
    const { live, would } = normalizeImages(withoutValues(manifest), withoutValues(before), before);
    // The bridge omits replicas that an autoscaler sets.
    const isScaled = autoscalers.some((autoscaler) => scales(autoscaler, before));
    return diff(live, would).some(
      ({ path, before: value }) => value !== SECRET && !(isScaled && pathText(path) === 'spec.replicas'),
    );
  };
  return {
    other: names(deployed.filter(isOther)),
    absent: isWhole
      ? names(base.filter((manifest) => !present.has(identityOf(manifest)) && !isNamedByContent(manifest)))
      : [],
    extra: names(deployed.filter((manifest) => !known.has(identityOf(manifest)))),
  };
}
