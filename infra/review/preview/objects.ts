import type { Manifest } from '@groundwork/constructs';
import { kindOf } from '../../../constructs/kubernetes/read.ts';
import { type CustomKinds, customKinds, identityOf as identityIn, objectId } from '../../../constructs/system/index.ts';
import { type Change, diff, pathText } from './diff/index.ts';
import { immutableChanges } from './immutable.ts';
import type { SnapshotObject } from './snapshot.ts';
import { rolloutPauseOf } from './workloads.ts';

/** What a deploy does with an object, least disruptive first. */
export type Action = 'create' | 'update' | 'roll' | 'replace' | 'delete';

/** One object that differs between two versions of an environment. */
export interface ObjectChange {
  /** From `subjectsOf`, such as `Deployment/users`. */
  readonly id: string;
  /** The kind, with its group if that is not the one that rules know, such as `NetworkPolicy.projectcalico.org`. */
  readonly kind: string;
  readonly action: Action;
  readonly before: Manifest | undefined;
  readonly after: Manifest | undefined;
  readonly fields: readonly Change[];
  /** Contract field or prop that caused the object. */
  readonly why: string;
  /** Call that created it, such as `stacks/shop.ts:96`; in the base for a deleted object. @default not known */
  readonly source?: string;
}

/** Objects that are created, deleted or changed. */
export function changedObjects(before: readonly SnapshotObject[], after: readonly SnapshotObject[]): ObjectChange[] {
  const custom = customKinds([...before, ...after].map(({ manifest }) => manifest));
  const [was, is] = [byIdentity(before, custom), byIdentity(after, custom)];
  const subjectOf = subjectsOf([...before, ...after].map(({ manifest }) => manifest));
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const [from, to] = [was.get(key), is.get(key)];
    const entry = to ?? from;
    if (entry === undefined) return [];
    const fields = from === undefined || to === undefined ? [] : diff(from.manifest, to.manifest);
    if (from !== undefined && to !== undefined && fields.length === 0) return [];
    const kind = kindOf(entry.manifest);
    return [
      {
        id: subjectOf(entry.manifest),
        kind,
        action: actionOf(kind, from, to, fields),
        before: from?.manifest,
        after: to?.manifest,
        fields,
        why: entry.why,
        ...(entry.source === undefined
          ? {}
          : { source: to === undefined ? `${entry.source} in the base` : entry.source }),
      },
    ];
  });
}

/**
 * Names objects for readers, such as `Deployment/users`; where another object of an environment has the same kind and
 * name, with the namespace, such as `Deployment/eu/users`.
 */
export function subjectsOf(manifests: readonly Manifest[]): (manifest: Manifest) => string {
  const plain = (manifest: Manifest): string => `${kindOf(manifest)}/${manifest.metadata.name}`;
  const namespaces = new Map<string, Set<string | undefined>>();
  for (const manifest of manifests) {
    const name = plain(manifest);
    namespaces.set(name, (namespaces.get(name) ?? new Set()).add(manifest.metadata.namespace));
  }
  return (manifest) => {
    const { name, namespace } = manifest.metadata;
    const isOne = (namespaces.get(plain(manifest))?.size ?? 0) < 2 || namespace === undefined;
    return isOne ? plain(manifest) : `${kindOf(manifest)}/${namespace}/${name}`;
  };
}

/** Identity of an object in a cluster, independent of the API version of its kind. */
export function identityOf(manifest: Manifest): string {
  return objectId(identityIn(manifest, { clusterScoped: new Set() }));
}

function byIdentity(entries: readonly SnapshotObject[], custom: CustomKinds): Map<string, SnapshotObject> {
  return new Map(entries.map((entry) => [objectId(identityIn(entry.manifest, custom)), entry]));
}

/** Kinds whose pods are recreated when such a field changes; operators do so for their resources. */
const ROLLS: Readonly<Record<string, RegExp>> = {
  Deployment: /^spec\.template/,
  StatefulSet: /^spec\.template/,
  DaemonSet: /^spec\.template/,
  Pooler: /^spec\.template/,
  // Settings that PostgreSQL reads only at startup; it reloads the others.
  Cluster:
    /^spec\.(imageName|resources|affinity|postgresql\.parameters\.(shared_buffers|max_connections|superuser_reserved_connections|max_worker_processes|wal_level)$)/,
  KafkaNodePool: /^spec\.(resources|jvmOptions|template)/,
  // The excluded settings are dynamic; the operator turns networkPolicyPeers into a NetworkPolicy.
  Kafka:
    /^spec\.kafka\.(version|rack|authorization|config\.(?!min\.insync\.replicas$|message\.max\.bytes$|unclean\.)|listeners(?!.*networkPolicyPeers))/,
};

function actionOf(
  kind: string,
  from: SnapshotObject | undefined,
  to: SnapshotObject | undefined,
  fields: readonly Change[],
): Action {
  if (from === undefined) return 'create';
  if (to === undefined) return 'delete';
  if (immutableChanges(from.manifest, fields).length > 0) return 'replace';
  return fields.some(({ path }) => ROLLS[kind]?.test(pathText(path))) && rolloutPauseOf(to.manifest)?.ofAll !== true
    ? 'roll'
    : 'update';
}
