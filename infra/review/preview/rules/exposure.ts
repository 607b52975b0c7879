import type { Manifest } from '@groundwork/constructs';
import { isKind } from '../../../../constructs/kubernetes/read.ts';
import { canonical } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import { about, type EnvironmentRule } from './rule.ts';

/** Ways in from outside of the cluster. */
export const exposure: EnvironmentRule = {
  id: 'exposure',
  check: ({ changes }) =>
    changes.flatMap((change): Observation[] => {
      const [was, is] = [wayIn(change.before), wayIn(change.after)];
      if (canonical(was) === canonical(is)) return [];
      const field = change.fields.find(({ path }) => path[0] === 'spec');
      const advice =
        change.kind === 'Ingress' ? 'see that DNS and certificate fit the host' : 'see who can reach the address';
      if (was === undefined)
        return [about(change, 'critical', 'it can be reached from outside of the cluster', advice, field)];
      const what = is === undefined ? 'it can no longer be reached from outside' : 'the way in from outside changes';
      return [about(change, 'warning', what, advice, field)];
    }),
};

/** What of an object lets the outside in; undefined if nothing does. */
function wayIn(manifest: Manifest | undefined): object | undefined {
  if (isKind(manifest, 'Ingress')) {
    const { rules, tls, ingressClassName } = manifest.spec ?? {};
    return { rules, tls, ingressClassName };
  }
  if (!isKind(manifest, 'Service')) return undefined;
  const { type, ports, loadBalancerSourceRanges, externalIPs } = manifest.spec ?? {};
  return type === 'NodePort' || type === 'LoadBalancer' || externalIPs !== undefined
    ? { type, ports, loadBalancerSourceRanges, externalIPs }
    : undefined;
}
