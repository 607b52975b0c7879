import type { Manifest } from '@groundwork/constructs';

/** A topic as the cluster is to have it, whoever makes it so. */
export interface Topic {
  readonly name: string;
  readonly partitions: number;
  readonly replicas: number;
  readonly settings: Readonly<Record<string, string>>;
}

interface EventBusState {
  readonly topics?: readonly Topic[];
  readonly rights?: readonly {
    readonly user: string;
    readonly on: string;
    readonly name: string;
    readonly operation: string;
  }[];
}

interface KafkaUser {
  readonly authorization?: {
    readonly acls?: readonly {
      readonly resource: { readonly type: string; readonly name: string };
      readonly operations: readonly string[];
    }[];
  };
}

/** Topics by name: from Strimzi's resources, or from the plan of the builtin bus's provisioner. */
export function topicsOf(manifests: readonly Manifest[]): Map<string, Topic> {
  const operated = manifests
    .filter(({ kind }) => kind === 'KafkaTopic')
    .map(({ metadata, spec }): Topic => {
      const {
        topicName = metadata.name,
        partitions,
        replicas,
        config = {},
      } = spec as { topicName?: string; partitions: number; replicas: number; config?: Record<string, string> };
      return { name: topicName, partitions, replicas, settings: config };
    });
  return new Map([...operated, ...(eventBusStateOf(manifests).topics ?? [])].map((topic) => [topic.name, topic]));
}

/** What each account may do, such as `read topic user.registered`. An account's name is the same in all environments. */
export function busRights(manifests: readonly Manifest[]): Map<string, Set<string>> {
  const rights = new Map<string, Set<string>>();
  const add = (user: string, right: string): void => {
    const account = user.split('.')[0] as string;
    rights.set(account, (rights.get(account) ?? new Set()).add(right));
  };
  for (const { user, operation, on, name } of eventBusStateOf(manifests).rights ?? [])
    add(user, `${operation} ${on} ${name}`);
  for (const { kind, metadata, spec } of manifests) {
    if (kind !== 'KafkaUser') continue;
    for (const { resource, operations } of (spec as KafkaUser).authorization?.acls ?? []) {
      for (const operation of operations)
        add(metadata.name, `${operation.toLowerCase()} ${resource.type} ${resource.name}`);
    }
  }
  return rights;
}

function eventBusStateOf(manifests: readonly Manifest[]): EventBusState {
  const text = manifests
    .filter(({ kind }) => kind === 'ConfigMap')
    .map(({ data }) => (data as Record<string, string> | undefined)?.['kafka.json'])
    .find((one) => one !== undefined);
  return text === undefined ? {} : (JSON.parse(text) as EventBusState);
}
