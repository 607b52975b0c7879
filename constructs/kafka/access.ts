import type { Construct } from 'constructs';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.d.ts';
import { labelsOf, selectorOf } from '../labels.ts';
import { object } from '../object.ts';
import type { Platform } from '../platform/index.ts';
import { CLIENT_PORT, KAFKA } from './places.ts';

/** The brokers' side of a flow: these pods may connect as clients. */
export function letIn(scope: Construct, { namespace, system }: Platform, from: string, matchLabels: Readonly<Record<string, string>>, cause: string): void {
  object<NetworkPolicy>(scope, 'let-in', cause, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `${KAFKA}-from-${from}`, namespace, labels: labelsOf(system, KAFKA) },
    spec: {
      podSelector: { matchLabels: selectorOf(system, KAFKA) },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ podSelector: { matchLabels: { ...matchLabels } } }], ports: [{ protocol: 'TCP', port: CLIENT_PORT }] }],
    },
  });
}
