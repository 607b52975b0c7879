import type { Manifest } from '@groundwork/constructs';
import { type Change, diff, pathText } from './diff/index.ts';
import { immutableChanges } from './immutable.ts';
import type { SnapshotObject } from './snapshot.ts';
import { rolloutPauseOf } from './workloads.ts';

/** What a deploy does with an object, least disruptive first. */
export type Action = 'create' | 'update' | 'roll' | 'replace' | 'delete';

/** One object that differs between two versions of an environment. */
export interface ObjectChange {
  /** Such as `Deployment/users`, with the namespace when it is not the environment's only one. */
  readonly id: string;
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
  const [was, is] = [byIdentity(before), byIdentity(after)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const [from, to] = [was.get(key), is.get(key)];
    const entry = to ?? from;
    if (entry === undefined) return [];
    const fields = from === undefined || to === undefined ? [] : diff(from.manifest, to.manifest);
    if (from !== undefined && to !== undefined && fields.length === 0) return [];
    const { kind, metadata } = entry.manifest;
    const action = actionOf(kind, from, to, fields);
    return [
      {
        id: `${kind}/${metadata.name}`,
        kind,
        action,
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

/** Identity of an object in a cluster, independent of the API version of its kind. */
export function identityOf({ apiVersion, kind, metadata }: Manifest): string {
  return [apiVersion.includes('/') ? apiVersion.split('/')[0] : '', kind, metadata.namespace ?? '', metadata.name].join(
    ' ',
  );
}

function byIdentity(entries: readonly SnapshotObject[]): Map<string, SnapshotObject> {
  return new Map(entries.map((entry) => [identityOf(entry.manifest), entry]));
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
