import type { ManifestEntry } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { referencesOf, visit } from '../../constructs/kubernetes/references.ts';
import { namedImages } from './program.ts';

/**
 * The objects of some charts, and of all charts that these can't do without. A chart needs those that make the Secrets and
 * ConfigMaps that it names, those whose pods its NetworkPolicies let it reach, those that define its kinds of objects, and
 * the one with the namespace.
 * @param wanted charts such as `kafka`; undefined for all
 * @throws ConfigurationError for a name that no chart has
 */
export function partsOf(
  entries: readonly ManifestEntry[],
  wanted: readonly string[] | undefined,
): readonly ManifestEntry[] {
  if (wanted === undefined) return entries;
  const charts = Map.groupBy(entries, ({ chart }) => chart);
  const unknown = wanted.filter((name) => !charts.has(name));
  if (unknown.length > 0)
    throw new ConfigurationError({
      code: 'system-unknown',
      where: `--only ${wanted.join(' ')}`,
      problem: `there is no system or service '${unknown.join("', '")}'`,
      fix: `choose from: ${[...charts.keys()].join(', ')}`,
    });
  const makers = makersOf(entries);
  const chosen = new Set([...wanted, ...(makers.get('Namespace') ?? [])]);
  // A set that grows while it is walked is walked to its end.
  for (const chart of chosen) {
    for (const need of (charts.get(chart) ?? []).flatMap(needsOf))
      for (const maker of makers.get(need) ?? []) chosen.add(maker);
  }
  return entries.filter(({ chart }) => chosen.has(chart));
}

/** Objects of the charts that run none of the images. */
export function without(entries: readonly ManifestEntry[], images: readonly string[]): readonly ManifestEntry[] {
  const named = images.map((image) => JSON.stringify(namedImages.thirdParty(image)));
  const left = new Set(
    entries
      .filter(({ manifest }) => named.some((image) => JSON.stringify(manifest).includes(image)))
      .map(({ chart }) => chart),
  );
  return entries.filter(({ chart }) => !left.has(chart));
}

/** Charts by what they offer to others. */
function makersOf(entries: readonly ManifestEntry[]): Map<string, Set<string>> {
  const makers = new Map<string, Set<string>>();
  const note = (offer: string, chart: string): unknown =>
    makers.set(offer, (makers.get(offer) ?? new Set()).add(chart));
  for (const { chart, manifest } of entries) {
    const { kind, metadata } = manifest;
    if (kind === 'Namespace') note(kind, chart);
    if (kind === 'Secret' || kind === 'ConfigMap') note(`${kind}/${metadata.name}`, chart);
    if (kind === 'CustomResourceDefinition') note(`group/${(manifest.spec as { group: string }).group}`, chart);
    const labels = podLabels(manifest);
    if (labels?.[NAME] !== undefined) note(`pods/${labels[NAME]}`, chart);
  }
  return makers;
}

const NAME = 'app.kubernetes.io/name';

/** What an object counts on, in the words of `makersOf`. */
function needsOf({ manifest }: ManifestEntry): string[] {
  const needs = [`group/${manifest.apiVersion.split('/')[0]}`, ...referencesOf(manifest)];
  if (manifest.kind !== 'NetworkPolicy') return needs;
  const { egress = [] } = manifest.spec as { egress?: unknown };
  visit(egress, (key, value) => {
    if (key === NAME) needs.push(`pods/${value as string}`);
  });
  return needs;
}

function podLabels(manifest: ManifestEntry['manifest']): Record<string, string> | undefined {
  const { template } = (manifest.spec ?? {}) as { template?: { metadata?: { labels?: Record<string, string> } } };
  return manifest.kind === 'Job' ? undefined : template?.metadata?.labels;
}
