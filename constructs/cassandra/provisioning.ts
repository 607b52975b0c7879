import type { CassandraDesiredState } from '@groundwork/contract/desired-state';
import { Construct } from 'constructs';
import { allowIngress, egressTo, networkPolicy } from '../kubernetes/network-policy.ts';
import { labelsOf, selectorOf } from '../kubernetes/object.ts';
import { makeAccount } from '../platform/account.ts';
import { PROVISIONING_RESOURCES, provisioningJob } from '../platform/provisioning-job.ts';
import { CASSANDRA, CLIENT_PORT, PROVISIONER } from './constants.ts';
import type { CassandraCluster } from './spec.ts';

export interface ProvisioningProps {
  readonly desiredState: CassandraDesiredState;
  /** Labels of the nodes' pods. */
  readonly nodes: Readonly<Record<string, string>>;
}

/** A Job that reconciles keyspaces, roles and identities with the contracts; the same for every back end. */
export function provision(
  within: Construct,
  { platform }: CassandraCluster,
  image: string,
  { desiredState, nodes }: ProvisioningProps,
): void {
  const { namespace, system } = platform;
  const scope = new Construct(within, 'provisioning');
  const origin = 'contracts › owns cassandra';
  const identity = makeAccount(scope, platform, PROVISIONER, [], origin);
  const selector = selectorOf(system, PROVISIONER);
  const to = { name: CASSANDRA, selector: nodes, port: CLIENT_PORT };
  allowIngress(scope, platform, to, { name: PROVISIONER, selectors: [selector] }, origin);
  networkPolicy(scope, 'network', origin, {
    metadata: { name: PROVISIONER, namespace, labels: labelsOf(system, PROVISIONER) },
    selector,
    egress: [egressTo(nodes, CLIENT_PORT)],
  });
  provisioningJob(scope, {
    name: PROVISIONER,
    namespace,
    system,
    origin,
    image,
    program: 'cassandra',
    desiredState,
    identity,
  });
  platform.reserve({ name: PROVISIONER, pods: 1, resources: PROVISIONING_RESOURCES });
}
