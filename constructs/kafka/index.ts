/** Kafka: the event bus, with topics and ACLs that derive from the contracts. */
export type { EventBusProps } from './bus.ts';
export { Kafka, type KafkaProps } from './kafka.ts';
export { KAFKA_METRICS, type KafkaMetric } from './metrics.ts';
export { StrimziKafka, type StrimziKafkaProps } from './strimzi.ts';
export type { Quotas, TopicDefaults, TopicSettings } from './topics.ts';
