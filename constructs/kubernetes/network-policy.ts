import type { Construct } from 'constructs';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.d.ts';
import { labelsOf, selectorOf } from './labels.ts';
import { object } from './object.ts';

type Labels = Readonly<Record<string, string>>;

/** Where a system is entered. */
export interface NetworkEndpoint {
  /** Of the system, such as `postgres`. */
  readonly name: string;
  /** Labels of its pods. @default those of the system's name */
  readonly selector?: Labels;
  /** TCP port of the pods. */
  readonly port: number;
}

/** Who enters. */
export interface NetworkPeers {
  /** Such as the service's name. */
  readonly name: string;
  /** Labels of their pods, one set for each kind of them. */
  readonly selectors: readonly Labels[];
}

/** The entered side of a flow: these pods may connect. The other side is the entrants' own. */
export function allowIngress(
  scope: Construct,
  { namespace, system }: { readonly namespace: string; readonly system: string },
  to: NetworkEndpoint,
  from: NetworkPeers,
  origin: string,
): void {
  object<NetworkPolicy>(scope, 'let-in', origin, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `${to.name}-from-${from.name}`, namespace, labels: labelsOf(system, to.name) },
    spec: {
      podSelector: { matchLabels: { ...(to.selector ?? selectorOf(system, to.name)) } },
      policyTypes: ['Ingress'],
      ingress: [
        {
          from: from.selectors.map((matchLabels) => ({ podSelector: { matchLabels: { ...matchLabels } } })),
          ports: [{ protocol: 'TCP', port: to.port }],
        },
      ],
    },
  });
}
