import type { Contract } from '@groundwork/contract';
import { Type } from 'typebox';

/** Variables of a service that publishes or consumes events. */
export function eventVariables(contract: Contract) {
  return {
    KAFKA_BROKERS: Type.String({
      pattern: '^[^,:\\s]+:\\d+(,[^,:\\s]+:\\d+)*$',
      description: "bootstrap brokers: 'host:port', separated by commas",
    }),
    KAFKA_GROUP: Type.String({
      minLength: 1,
      default: contract.name,
      description: 'consumer group, whose members share the partitions',
    }),
    OUTBOX_RETENTION_HOURS: Type.Integer({
      minimum: 0,
      default: 0,
      description: 'how long published events stay in the outbox, as long as in their topics; 0: deleted at once',
    }),
    IDENTITY_DIR: Type.String({
      minLength: 1,
      description: "folder of the workload's certificate: tls.crt, tls.key, ca.crt",
    }),
  };
}

/** Values of `eventVariables`. */
export interface EventConfig {
  /** Bootstrap brokers, separated by commas. */
  readonly KAFKA_BROKERS: string;
  /** Consumer group. */
  readonly KAFKA_GROUP: string;
  /** How long published events stay in the outbox, in hours. */
  readonly OUTBOX_RETENTION_HOURS: number;
  /** Folder of the workload's certificate. */
  readonly IDENTITY_DIR: string;
}
