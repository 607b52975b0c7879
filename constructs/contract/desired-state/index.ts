/** What the provisioner makes a backing service agree with: written by constructs, read by `infra/provisioner`. */
export {
  type CassandraDesiredState,
  cassandraDesiredState,
  type DesiredKeyspace,
  type DesiredRole,
} from './cassandra.ts';
export { type ConsulDesiredState, consulDesiredState } from './consul.ts';
export { type DesiredRight, type DesiredTopic, type KafkaDesiredState, kafkaDesiredState } from './kafka.ts';
