/** What the provisioner makes a backing service agree with: written by constructs, read by `infra/provisioner`. */
export { type ConsulDesiredState, consulDesiredState } from './consul.ts';
export { type DesiredRight, type DesiredTopic, type KafkaDesiredState, kafkaDesiredState } from './kafka.ts';
