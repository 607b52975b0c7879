import type { Manifest } from '@groundwork/constructs';
import { ENVIRONMENT_OF, type Kubectl } from '../../../deploy/index.ts';
import { diff, pathText } from '../diff/index.ts';
import type { Finding } from '../finding.ts';
import { identityOf, subjectsOf } from '../objects.ts';
import type { Snapshot, SnapshotObject } from '../snapshot.ts';
import { formatSome } from '../text.ts';
import { dryRun } from './dry-run.ts';
import { normalizeImages } from './images.ts';
import { jobsOfSameSource } from './jobs.ts';
import { manualChanges, manualManagers } from './manual-changes.ts';
import { withoutNode } from './nodes.ts';
import { plain } from './plain.ts';
import { quotaHeadroom } from './quota-headroom.ts';
import { withLiveValues } from './secrets.ts';
import { deployerOf, type LiveManifest, readState } from './state.ts';

/** An environment and its cluster. */
export interface LiveEnvironment {
  readonly name: string;
  readonly namespace: string;
  readonly kubectl: Kubectl;
  /** Kube context, such as `shop-staging`. */
  readonly context: string;
}

/** Live objects and their dry runs as two versions to compare, and findings that only a cluster can give. */
export interface LiveComparison {
  readonly base: Snapshot;
  readonly head: Snapshot;
  readonly findings: readonly Finding[];
  readonly remarks: readonly string[];
}

/**
 * Compares live objects with dry runs of the head. Changes nothing.
 * @param source base and head by their source, to distinguish changes of the pull request from drift
 * @throws ConfigurationError if the cluster is unreachable
 */
export async function compareLive(
  { name, namespace, kubectl, context }: LiveEnvironment,
  source: { base: Snapshot; head: Snapshot },
): Promise<LiveComparison> {
  const wanted = source.head.environments[name] ?? [];
  const manifests = wanted.map(({ manifest }) => manifest);
  const base = (source.base.environments[name] ?? []).map(({ manifest }) => manifest);
  // The base's kinds too: the cluster may have objects of a kind that the head no longer uses.
  const state = await readState(kubectl, namespace, [...manifests, ...base]);
  const known = new Map(base.map((manifest) => [identityOf(manifest), manifest]));
  const duplicates = jobsOfSameSource(wanted, state.objects, source.base.environments[name] ?? []);
  const asked = wanted.filter(({ manifest }) => !duplicates.has(manifest.metadata.name));
  const sent = asked.map(({ manifest }) => withLiveValues(manifest, state.objects.get(identityOf(manifest))));
  const tried = await dryRun(kubectl, sent, state);
  const [before, after]: [SnapshotObject[], SnapshotObject[]] = [[], []];
  const [findings, untried]: [Finding[], Map<string, string[]>] = [[], new Map()];
  const subjectOf = subjectsOf([...manifests, ...state.objects.values()]);
  const same = (entry: SnapshotObject, manifest: Manifest): void => {
    before.push({ ...entry, manifest });
    after.push({ ...entry, manifest });
  };
  for (const entry of wanted) {
    const duplicate = duplicates.get(entry.manifest.metadata.name);
    if (duplicate !== undefined) same(entry, duplicate);
  }
  for (const entry of asked) {
    const id = subjectOf(entry.manifest);
    const identity = identityOf(entry.manifest);
    const live = state.objects.get(identity);
    const outcome = tried.get(identity) ?? { untried: 'kubectl returned no result' };
    if (!('would' in outcome)) {
      if (live !== undefined) same(entry, plain(live));
      if ('refused' in outcome) findings.push(refusal(name, id, entry.why, outcome.refused));
      else untried.set(outcome.untried, [...(untried.get(outcome.untried) ?? []), id]);
    } else if (live === undefined) after.push({ ...entry, manifest: plain(outcome.would) });
    else {
      const seen = normalizeImages(plain(live), plain(outcome.would), known.get(identity));
      before.push({ ...entry, manifest: seen.live });
      after.push({ ...entry, manifest: seen.would });
      const writers = { before: live, after: outcome.would };
      findings.push(...drift(name, id, entry, { ...seen, writers, base: known.get(identity) }));
    }
  }
  before.push(
    ...left(state.objects.values(), namespace, new Set([...manifests, ...duplicates.values()].map(identityOf))),
  );
  const version = `what runs in ${namespace} (${context})`;
  const { contracts, exceptions } = source.base;
  return {
    base: {
      version,
      environments: { [name]: before },
      ...(contracts && { contracts }),
      ...(exceptions && { exceptions }),
    },
    head: { ...source.head, environments: { [name]: after } },
    findings: [
      ...findings,
      ...quotaHeadroom(name, state.quotas, before, after),
      ...withoutNode(name, state.nodes, after, subjectOf),
    ],
    remarks: [...untried].map(([why, ids]) => `Not tried on the cluster, as ${why}: ${formatSome(ids)}`),
  };
}

/**
 * Deployed objects that the source no longer has, which a deploy removes. Owned objects are deleted with their owner.
 */
function left(objects: Iterable<LiveManifest>, namespace: string, wanted: ReadonlySet<string>): SnapshotObject[] {
  return [...objects]
    .filter(({ metadata }) => metadata.namespace === namespace || metadata.labels?.[ENVIRONMENT_OF] === namespace)
    .filter(({ metadata }) => (metadata.ownerReferences ?? []).length === 0)
    .filter((object) => deployerOf(object) !== undefined && !wanted.has(identityOf(object)))
    .map((object) => ({
      chart: 'live',
      path: object.metadata.name,
      why: 'no longer in the source',
      manifest: plain(object),
    }));
}

function refusal(environment: string, subject: string, cause: string, message: string): Finding {
  const advice =
    'a deploy would stop here: fix the cause in the message; see the other findings for objects that must be recreated';
  return {
    rule: 'server-refuses',
    severity: 'critical',
    environments: [environment],
    subject,
    what: `the API server rejects it: ${message}`,
    advice,
    cause,
  };
}

interface Seen {
  readonly live: Manifest;
  readonly would: Manifest;
  /** With managed fields, live and after a deploy. */
  readonly writers: { readonly before: LiveManifest; readonly after: LiveManifest };
  readonly base: Manifest | undefined;
}

/**
 * Differences from the base without a change of the source: a deploy reverts them, except fields that the source
 * doesn't set.
 */
function drift(
  environment: string,
  subject: string,
  { why: cause, manifest }: SnapshotObject,
  { live, would, writers, base }: Seen,
): Finding[] {
  const common = { rule: 'drift', severity: 'warning', environments: [environment], subject, cause } as const;
  const changes = base !== undefined && diff(base, manifest).length === 0 ? diff(live, would) : [];
  const [first] = changes;
  const found: Finding[] = [];
  if (first !== undefined) {
    const hands = manualManagers(writers.before);
    const by =
      hands.length === 0
        ? 'another version was deployed, or a controller changed it'
        : `changed with ${hands.join(', ')}`;
    const what = `differs from the base (${by}), and a deploy reverts it: ${formatSome(changes.map(({ path }) => pathText(path)))}`;
    const values =
      changes.length === 1 ? { field: pathText(first.path), before: first.before, after: first.after } : {};
    found.push({ ...common, what, ...values, advice: 'add it to the source to keep it' });
  }
  const staying = manualChanges(writers.after);
  if (staying.length > 0) {
    const tools = [...new Set(staying.map(({ manager }) => manager))].join(', ');
    const what = `was changed with ${tools} in fields that the source does not set, so no deploy reverts it: ${formatSome(staying.map(({ field }) => field))}`;
    found.push({ ...common, what, advice: 'add it to the source, or revert it: it was not reviewed' });
  }
  return found;
}
