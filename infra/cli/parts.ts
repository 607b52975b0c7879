import { partOf, type System, type SystemObject, valueAt } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { referencesOf, visit } from '../../constructs/kubernetes/references.ts';

/**
 * The objects of the wanted charts and of all charts that these depend on. A chart depends on those that create the
 * Secrets and ConfigMaps that it references, those whose pods its NetworkPolicies allow it to reach, those that define its
 * kinds of objects, and the one with the namespace.
 * @param wanted charts such as `kafka`; undefined for all
 * @throws ConfigurationError for a name that no chart has
 */
export function partsOf(system: System, wanted: readonly string[] | undefined): System {
  if (wanted === undefined) return system;
  const charts = Map.groupBy(system.objects, ({ chart }) => chart);
  const unknown = wanted.filter((name) => !charts.has(name));
  if (unknown.length > 0)
    throw new ConfigurationError({
      code: 'system-unknown',
      where: `--only ${wanted.join(' ')}`,
      problem: `there is no system or service '${unknown.join("', '")}'`,
      fix: `choose from: ${[...charts.keys()].join(', ')}`,
    });
  const makers = makersOf(system.objects);
  const chosen = new Set([...wanted, ...(makers.get('Namespace') ?? [])]);
  // Iteration over a Set also visits what is added meanwhile.
  for (const chart of chosen) {
    for (const need of (charts.get(chart) ?? []).flatMap(needsOf))
      for (const maker of makers.get(need) ?? []) chosen.add(maker);
  }
  return partOf(system, ({ chart }) => chosen.has(chart));
}

/**
 * The objects of a system that are in the charts of a selection. Ids do not match between compositions with different
 * images: the name of a provisioning Job follows from its content.
 */
export function inChartsOf(selection: System, system: System): System {
  const charts = new Set(selection.objects.map(({ chart }) => chart));
  return partOf(system, ({ chart }) => charts.has(chart));
}

/** Charts by what they provide to others. */
function makersOf(objects: readonly SystemObject[]): Map<string, Set<string>> {
  const makers = new Map<string, Set<string>>();
  const note = (offer: string, chart: string): unknown =>
    makers.set(offer, (makers.get(offer) ?? new Set()).add(chart));
  for (const { chart, manifest } of objects) {
    const { kind, metadata } = manifest;
    if (kind === 'Namespace') note(kind, chart);
    if (kind === 'Secret' || kind === 'ConfigMap') note(`${kind}/${metadata.name}`, chart);
    if (kind === 'CustomResourceDefinition') note(`group/${valueAt(manifest, 'spec', 'group')}`, chart);
    const pods = valueAt(manifest, 'spec', 'template', 'metadata', 'labels', NAME);
    if (pods !== undefined && kind !== 'Job') note(`pods/${pods}`, chart);
  }
  return makers;
}

const NAME = 'app.kubernetes.io/name';

/** What an object depends on, as keys of `makersOf`. */
function needsOf({ manifest }: SystemObject): string[] {
  const needs = [`group/${manifest.apiVersion.split('/')[0]}`, ...referencesOf(manifest)];
  if (manifest.kind !== 'NetworkPolicy') return needs;
  visit(valueAt(manifest, 'spec', 'egress'), (key, value) => {
    if (key === NAME) needs.push(`pods/${value}`);
  });
  return needs;
}
