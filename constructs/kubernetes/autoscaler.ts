import type { Manifest } from '@groundwork/constructs';

/** Whether a HorizontalPodAutoscaler targets the workload. */
export function scales({ metadata: { namespace }, spec }: Manifest, { kind, metadata }: Manifest): boolean {
  const { scaleTargetRef } = (spec ?? {}) as { scaleTargetRef?: { kind: string; name: string } };
  return scaleTargetRef?.kind === kind && scaleTargetRef.name === metadata.name && namespace === metadata.namespace;
}
