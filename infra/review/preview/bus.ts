import type { Manifest } from '@groundwork/constructs';
import { ofKind } from '../../../constructs/kubernetes/read.ts';

/** Desired state of a topic, independent of what reconciles it. */
export interface Topic {
  readonly name: string;
  /** Undefined: as many as the brokers give a topic. */
  readonly partitions: number | undefined;
  readonly replicas: number | undefined;
  readonly settings: Readonly<Record<string, string>>;
}

/** The parts of the builtin bus's desired state that are read here. */
interface EventBusState {
  readonly topics?: readonly Topic[];
  readonly rights?: readonly {
    readonly user: string;
    readonly on: string;
    readonly name: string;
    readonly operation: string;
  }[];
}

/** Topics by name: from Strimzi's resources, or from the desired state of the builtin bus's provisioner. */
export function topicsOf(manifests: readonly Manifest[]): Map<string, Topic> {
  const operated = ofKind(manifests, 'KafkaTopic').map(({ metadata, spec }): Topic => {
    const { topicName = metadata.name, partitions, replicas, config = {} } = spec ?? {};
    return { name: topicName, partitions, replicas, settings: config };
  });
  return new Map([...operated, ...(eventBusStateOf(manifests).topics ?? [])].map((topic) => [topic.name, topic]));
}

/** Rights by account, such as `read topic user.registered`. An account's name is the same in all environments. */
export function busRights(manifests: readonly Manifest[]): Map<string, Set<string>> {
  const rights = new Map<string, Set<string>>();
  const add = (account: string, right: string): void =>
    void rights.set(account, (rights.get(account) ?? new Set()).add(right));
  for (const { user, operation, on, name } of eventBusStateOf(manifests).rights ?? [])
    add(user.replace(/\..*$/, ''), `${operation} ${on} ${name}`);
  for (const { metadata, spec } of ofKind(manifests, 'KafkaUser')) {
    for (const { resource, operations = [] } of spec?.authorization?.acls ?? [])
      for (const operation of operations)
        add(metadata.name.replace(/\..*$/, ''), `${operation.toLowerCase()} ${resource?.type} ${resource?.name}`);
  }
  return rights;
}

function eventBusStateOf(manifests: readonly Manifest[]): EventBusState {
  const text = ofKind(manifests, 'ConfigMap')
    .map(({ data }) => data?.['kafka.json'])
    .find((one) => one !== undefined);
  return text === undefined ? {} : JSON.parse(text);
}
