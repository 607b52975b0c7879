import type { Construct } from 'constructs';
import { addNetworkRules, namespacePeer, networkPolicy, podPeers, tcp } from '../kubernetes/network-policy.ts';
import { labelsOf } from '../kubernetes/object.ts';

/**
 * Denies all traffic of the namespace except to the cluster's DNS; policies that derive from contracts allow more.
 * Kubernetes always allows traffic between a pod and its node, such as the kubelet's probes.
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function denyAllTraffic(scope: Construct, namespace: string, system: string): void {
  const labels = labelsOf(system, namespace);
  networkPolicy(scope, 'default-deny', 'platform.namespace (fail closed)', {
    metadata: { name: 'default-deny', namespace, labels },
  });
  const [dns] = podPeers({ 'k8s-app': 'kube-dns' });
  addNetworkRules(scope, 'allow-dns', 'platform.namespace (names must resolve)', {
    metadata: { name: 'allow-dns', namespace, labels },
    egress: [{ to: [{ ...namespacePeer('kube-system'), ...dns }], ports: [{ protocol: 'UDP', port: 53 }, ...tcp(53)] }],
  });
}
