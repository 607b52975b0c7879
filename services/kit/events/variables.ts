import type { Contract } from '@groundwork/contract';
import { Type } from 'typebox';

/** Variables of a service that publishes or consumes events. */
export function eventVariables(contract: Contract) {
  return {
    KAFKA_BROKERS: Type.String({
      pattern: '^[^,:\\s]+:\\d+(,[^,:\\s]+:\\d+)*$',
      description: "brokers to ask first, 'host:port' with commas between",
    }),
    KAFKA_GROUP: Type.String({
      minLength: 1,
      default: contract.name,
      description: 'consumer group: its members share the events among them',
    }),
    IDENTITY_DIR: Type.String({
      minLength: 1,
      description: "folder of the workload's certificate: tls.crt, tls.key, ca.crt",
    }),
  };
}

/** Values of `eventVariables`. */
export interface EventConfig {
  readonly KAFKA_BROKERS: string;
  readonly KAFKA_GROUP: string;
  readonly IDENTITY_DIR: string;
}
