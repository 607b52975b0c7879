import type { KafkaDesiredState } from '@groundwork/contract/desired-state';
import type { Construct } from 'constructs';
import type { Identity } from '../identity/index.ts';
import { egressTo, networkPolicy } from '../kubernetes/network-policy.ts';
import { labelsOf, selectorOf } from '../kubernetes/object.ts';
import { provisioningJob } from '../platform/provisioning-job.ts';
import { CLIENT_PORT, KAFKA, PROVISIONER } from './constants.ts';

export interface ProvisioningProps {
  readonly namespace: string;
  readonly system: string;
  /** Image of the provisioner. */
  readonly image: string;
  /** Bootstrap servers, `host:port`. */
  readonly bootstrap: string;
  readonly desiredState: Omit<KafkaDesiredState, 'brokers'>;
  /** Identity of the Job, which is a super user. */
  readonly identity: Identity;
}

/** A Job that reconciles topics, ACLs and quotas of the cluster with the contracts. */
export function provision(
  scope: Construct,
  { namespace, system, image, bootstrap, desiredState, identity }: ProvisioningProps,
): void {
  const origin = 'contracts › publishes, consumes';
  networkPolicy(scope, 'network', origin, {
    metadata: { name: PROVISIONER, namespace, labels: labelsOf(system, PROVISIONER) },
    selector: selectorOf(system, PROVISIONER),
    egress: [egressTo(selectorOf(system, KAFKA), CLIENT_PORT)],
  });
  provisioningJob(scope, {
    name: PROVISIONER,
    namespace,
    system,
    origin,
    image,
    program: 'kafka',
    desiredState: { brokers: [bootstrap], ...desiredState },
    identity,
  });
}
