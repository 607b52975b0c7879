import type { Manifest } from '@groundwork/constructs';
import { isKind } from '../../../../constructs/kubernetes/read.ts';
import { canonical } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import { about, type EnvironmentRule } from './rule.ts';

/** What becomes reachable from outside the cluster. */
export const exposure: EnvironmentRule = {
  id: 'exposure',
  check: ({ changes }) =>
    changes.flatMap((change): Observation[] => {
      const [was, is] = [wayIn(change.before), wayIn(change.after)];
      if (canonical(was) === canonical(is)) return [];
      const field = change.fields.find(({ path }) => path[0] === 'spec');
      const advice =
        change.kind === 'Ingress' ? 'check that DNS and certificate match the host' : 'check who can reach the address';
      if (was === undefined)
        return [about(change, 'critical', 'it becomes reachable from outside the cluster', advice, field)];
      const what =
        is === undefined
          ? 'it is no longer reachable from outside the cluster'
          : 'its exposure outside the cluster changes';
      return [about(change, 'warning', what, advice, field)];
    }),
};

/** Fields of an object that expose it outside the cluster; undefined if it isn't exposed. */
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
