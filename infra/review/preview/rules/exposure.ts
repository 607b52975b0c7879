import type { Manifest } from '@groundwork/constructs';
import { canonical, pathText } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { EnvironmentRule } from './rule.ts';

/** Ways in from outside of the cluster. */
export const exposure: EnvironmentRule = {
  id: 'exposure',
  check: ({ changes }) =>
    changes.flatMap(({ id, kind, before, after, fields, why }): Observation[] => {
      const [old, young] = [doors(before), doors(after)];
      if (old === undefined && young === undefined) return [];
      if (canonical(old) === canonical(young)) return [];
      const [only] = fields.filter(({ path }) => path[0] === 'spec');
      return [
        {
          severity: old === undefined ? 'danger' : 'caution',
          subject: id,
          what:
            old === undefined
              ? 'it can be reached from outside of the cluster'
              : young === undefined
                ? 'it can no longer be reached from outside'
                : 'the way in from outside changes',
          ...(only === undefined ? {} : { field: pathText(only.path), before: only.before, after: only.after }),
          advice: kind === 'Ingress' ? 'see that DNS and certificate fit the host' : 'see who can reach the address',
          cause: why,
        },
      ];
    }),
};

/** What of an object lets the outside in; undefined if nothing does. */
function doors(manifest: Manifest | undefined): object | undefined {
  if (manifest?.kind === 'Ingress') {
    const { rules, tls, ingressClassName } = manifest.spec as {
      rules?: unknown;
      tls?: unknown;
      ingressClassName?: unknown;
    };
    return { rules, tls, ingressClassName };
  }
  if (manifest?.kind !== 'Service') return undefined;
  const { type, ports, loadBalancerSourceRanges, externalIPs } = manifest.spec as {
    type?: string;
    ports?: unknown;
    loadBalancerSourceRanges?: unknown;
    externalIPs?: unknown;
  };
  return type === 'NodePort' || type === 'LoadBalancer' || externalIPs !== undefined
    ? { type, ports, loadBalancerSourceRanges, externalIPs }
    : undefined;
}
