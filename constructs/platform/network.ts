import type { Construct } from 'constructs';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.d.ts';
import { labelsOf } from '../kubernetes/labels.ts';
import { object } from '../kubernetes/object.ts';

/**
 * Closes the namespace: no pod may be reached or reach anything but the cluster's DNS, until a policy that follows
 * from a contract says so. Traffic between a pod and its own node, such as the kubelet's probes, is always allowed.
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function denyAllTraffic(scope: Construct, namespace: string, system: string): void {
  const labels = labelsOf(system, namespace);
  object<NetworkPolicy>(scope, 'default-deny', 'platform.namespace (fail closed)', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'default-deny', namespace, labels },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
  object<NetworkPolicy>(scope, 'allow-dns', 'platform.namespace (names must resolve)', {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'allow-dns', namespace, labels },
    spec: {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
            },
          ],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    },
  });
}
