import type { Construct } from 'constructs';
import type { NetworkPolicyEgressRule, NetworkPolicyIngressRule } from 'kubernetes-types/networking/v1.d.ts';
import { networkPolicy, podPeers, tcp } from '../kubernetes/network-policy.ts';
import { labelsOf, selectorOf } from '../kubernetes/object.ts';
import type { Platform } from '../platform/index.ts';
import { AGENT, GOSSIP_PORT, HTTPS_PORT, PROVISIONER, RPC_PORT, SERVER, SNAPSHOT } from './constants.ts';

/** Network policies of the system: agents, servers, and the Jobs that connect to servers. */
export function makeNetwork(scope: Construct, { namespace, system, toApiServer }: Platform): void {
  const pods = (...names: readonly string[]) => podPeers(...names.map((name) => selectorOf(system, name)));
  const gossip = [...tcp(GOSSIP_PORT), { protocol: 'UDP', port: GOSSIP_PORT }];
  const policy = (name: string, ingress: NetworkPolicyIngressRule[], egress: NetworkPolicyEgressRule[]) =>
    networkPolicy(scope, `network-${name}`, 'consul', {
      metadata: { name, namespace, labels: labelsOf(system, name) },
      selector: selectorOf(system, name),
      ingress,
      egress,
    });
  policy(
    SERVER,
    [
      { from: pods(SERVER, AGENT), ports: [...tcp(RPC_PORT), ...gossip] },
      { from: pods(PROVISIONER, SNAPSHOT), ports: tcp(HTTPS_PORT) },
    ],
    // The servers validate the tokens of logins with TokenReviews.
    [{ to: pods(SERVER), ports: tcp(RPC_PORT) }, { to: pods(SERVER, AGENT), ports: gossip }, toApiServer],
  );
  policy(
    AGENT,
    [{ from: pods(SERVER, AGENT), ports: gossip }],
    [
      { to: pods(SERVER), ports: tcp(RPC_PORT) },
      { to: pods(SERVER, AGENT), ports: gossip },
    ],
  );
  for (const job of [PROVISIONER, SNAPSHOT]) policy(job, [], [{ to: pods(SERVER), ports: tcp(HTTPS_PORT) }]);
}
