import { ConfigurationError } from '@groundwork/contract';
import type { DesiredTopic } from '@groundwork/contract/desired-state';
import {
  type Admin,
  ConfigResourceTypes,
  ConfigSources,
  IncrementalAlterConfigOperationTypes,
} from '@platformatic/kafka';
import { apart } from './errors.ts';

/** A topic in the cluster; with the settings of this topic only, not defaults. */
interface Found {
  readonly partitions: number;
  readonly replicas: number;
  readonly settings: Readonly<Record<string, string>>;
}

/** A change of one topic, with its log line. */
interface Change {
  readonly says: string;
  /** @returns whether it was made; not if another run had made it, and the broker did not show it yet */
  make(): Promise<boolean>;
}

/** Differences between the cluster's topics and the desired ones. */
export interface TopicDifferences {
  /** Changes that would lose events or their order, which are rejected. */
  readonly errors: readonly ConfigurationError[];
  readonly changes: readonly Change[];
  /** Topics without a contract. They are kept. */
  readonly orphans: readonly string[];
}

/** Compares the topics; changes nothing. */
export async function compareTopics(admin: Admin, desired: readonly DesiredTopic[]): Promise<TopicDifferences> {
  const found = await topicsOf(admin);
  const names = new Set(desired.map(({ name }) => name));
  const there = desired.flatMap((topic) => {
    const now = found.get(topic.name);
    return now === undefined ? [] : [{ topic, now }];
  });
  return {
    errors: there.flatMap(({ topic, now }) => errorsOf(topic, now)),
    changes: [
      ...desired.filter(({ name }) => !found.has(name)).map((topic) => creation(admin, topic)),
      ...there.flatMap(({ topic, now }) => [...growth(admin, topic, now), ...resetting(admin, topic, now)]),
    ],
    orphans: [...found.keys()].filter((name) => !names.has(name)).sort(),
  };
}

async function topicsOf(admin: Admin): Promise<ReadonlyMap<string, Found>> {
  const names = await admin.listTopics();
  if (names.length === 0) return new Map();
  const { topics } = await admin.metadata({ topics: names, forceUpdate: true });
  const configs = await admin.describeConfigs({
    resources: names.map((resourceName) => ({ resourceType: ConfigResourceTypes.TOPIC, resourceName })),
  });
  const settings = new Map(
    configs.map((one) => [
      one.resourceName,
      one.configs.filter(({ configSource }) => configSource === ConfigSources.DYNAMIC_TOPIC_CONFIG),
    ]),
  );
  return new Map(
    [...topics].map(([name, { partitions }]) => [
      name,
      {
        partitions: partitions.length,
        replicas: partitions[0]?.replicas.length ?? 0,
        settings: Object.fromEntries((settings.get(name) ?? []).map((one) => [one.name, one.value ?? ''])),
      },
    ]),
  );
}

function errorsOf({ name, partitions, replicas }: DesiredTopic, now: Found): ConfigurationError[] {
  const where = `topic '${name}'`;
  const found: ConfigurationError[] = [];
  if (partitions < now.partitions) {
    const what = `it has ${now.partitions} partitions, but ${partitions} are requested: Kafka can't remove partitions, since they have events`;
    found.push(
      new ConfigurationError({
        code: 'topic-change-refused',
        where: `${where} › partitions`,
        problem: what,
        fix: `write ${now.partitions} or more; or publish under another event name, move the consumers, then delete this topic`,
      }),
    );
  }
  if (replicas !== now.replicas) {
    const what = `each partition has ${now.replicas} replicas, but ${replicas} are requested: that moves all of its data between brokers`;
    found.push(
      new ConfigurationError({
        code: 'topic-change-refused',
        where: `${where} › replication`,
        problem: what,
        fix: `write ${now.replicas}; or reassign the partitions first, as docs/kafka.md describes`,
      }),
    );
  }
  return found;
}

function creation(admin: Admin, { name, partitions, replicas, settings }: DesiredTopic): Change {
  const configs = Object.entries(settings).map(([setting, value]) => ({ name: setting, value }));
  return {
    says: `topic '${name}': created, ${partitions} partitions, ${replicas} replicas`,
    make: () => apart(admin.createTopics({ topics: [name], partitions, replicas, configs }), 'TOPIC_ALREADY_EXISTS'),
  };
}

function growth(admin: Admin, { name, partitions }: DesiredTopic, now: Found): Change[] {
  if (partitions <= now.partitions) return [];
  return [
    {
      says: `topic '${name}': grown from ${now.partitions} to ${partitions} partitions; events of one key may be in two of them until the earlier ones are read`,
      make: () =>
        apart(
          admin.createPartitions({ topics: [{ name, count: partitions, assignments: null }] }),
          'INVALID_PARTITIONS',
        ),
    },
  ];
}

/** Settings that differ, and those set by hand. */
function resetting(admin: Admin, { name, settings }: DesiredTopic, now: Found): Change[] {
  const set = Object.entries(settings).filter(([setting, value]) => now.settings[setting] !== value);
  const drop = Object.keys(now.settings).filter((setting) => !(setting in settings));
  if (set.length + drop.length === 0) return [];
  const { SET, DELETE } = IncrementalAlterConfigOperationTypes;
  const configs = [
    ...set.map(([setting, value]) => ({ name: setting, configOperation: SET, value })),
    ...drop.map((setting) => ({ name: setting, configOperation: DELETE })),
  ];
  const words = [
    ...set.map(([setting, value]) => `${setting} ${now.settings[setting] ?? '(default)'} → ${value}`),
    ...drop.map((setting) => `${setting} → (default)`),
  ];
  return [
    {
      says: `topic '${name}': ${words.join(', ')}`,
      make: async () => {
        await admin.incrementalAlterConfigs({
          resources: [{ resourceType: ConfigResourceTypes.TOPIC, resourceName: name, configs }],
        });
        return true;
      },
    },
  ];
}
