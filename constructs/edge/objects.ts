import type { Construct } from 'constructs';
import { labelsOf, object, selectorOf } from '../kubernetes/object.ts';
import type { Edge } from './edge.ts';

export interface EdgeProps {
  /** Contract whose service is exposed. */
  readonly name: string;
  readonly namespace: string;
  readonly system: string;
  readonly edge: Edge;
}

/** Exposes one service to external clients as the environment's edge specifies. Its internal Service is not affected. */
export function openEdge(scope: Construct, { name, namespace, system, edge }: EdgeProps): void {
  const origin = `environment.edge (${edge.kind}), contract '${name}' › edge`;
  const metadata = { name: `${name}-edge`, namespace, labels: labelsOf(system, name) };
  const selector = selectorOf(system, name);
  if (edge.kind === 'ingress') {
    object(scope, 'edge', origin, 'Ingress', {
      metadata,
      spec: {
        ingressClassName: edge.className,
        tls: [{ hosts: [edge.host], secretName: edge.tlsSecret }],
        rules: [
          {
            host: edge.host,
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { name: 'http' } } } }],
            },
          },
        ],
      },
    });
  } else if (edge.kind === 'node-port') {
    object(scope, 'edge', origin, 'Service', {
      metadata,
      spec: {
        type: 'NodePort',
        selector,
        ports: [{ name: 'http', port: 80, targetPort: 'http', nodePort: edge.port }],
      },
    });
  } else {
    object(scope, 'edge', origin, 'Service', {
      metadata: { ...metadata, ...(edge.annotations === undefined ? {} : { annotations: { ...edge.annotations } }) },
      spec: {
        type: 'LoadBalancer',
        selector,
        ports: [{ name: 'http', port: edge.url.startsWith('https:') ? 443 : 80, targetPort: 'http' }],
        loadBalancerSourceRanges: [...edge.sourceRanges],
        // Preserves the client's address, which the NetworkPolicy and the rate limit use.
        externalTrafficPolicy: 'Local',
      },
    });
  }
}
