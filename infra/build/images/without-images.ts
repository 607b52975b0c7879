import { partOf, type System } from '@groundwork/constructs';

/**
 * The objects of the charts that use none of the images, for a cluster that can't get these.
 * @param references as in the manifests
 */
export function withoutImages(system: System, references: readonly string[]): System {
  const quoted = references.map((reference) => JSON.stringify(reference));
  const left = new Set(
    system.objects
      .filter(({ manifest }) => quoted.some((reference) => JSON.stringify(manifest).includes(reference)))
      .map(({ chart }) => chart),
  );
  return partOf(system, ({ chart }) => !left.has(chart));
}
