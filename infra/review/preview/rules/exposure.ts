import type { Manifest } from '@groundwork/constructs';
import { isKind } from '../../../../constructs/kubernetes/read.ts';
import { canonical } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { formatList } from '../text.ts';
import { about, type EnvironmentRule } from './rule.ts';

/** What becomes reachable from outside the cluster. */
export const exposure: EnvironmentRule = {
  id: 'exposure',
  check: ({ changes }) => changes.flatMap((change): Observation[] => [...issuer(change), ...exposed(change)]),
};

function exposed(change: ObjectChange): Observation[] {
  const [was, is] = [wayIn(change.before), wayIn(change.after)];
  if (canonical(was) === canonical(is)) return [];
  const field = change.fields.find(({ path }) => path[0] === 'spec');
  const advice =
    change.kind === 'Ingress' ? 'check that DNS and certificate match the host' : 'check who can reach the address';
  if (was === undefined)
    return [about(change, 'critical', 'it becomes reachable from outside the cluster', advice, field)];
  const lost = hostsOf(change.before).filter((host) => !hostsOf(change.after).includes(host));
  if (lost.length > 0) {
    const found = `clients of ${formatList(lost)} no longer reach it`;
    return [about(change, 'critical', found, 'serve both hosts until no client uses the old one', field)];
  }
  const what =
    is === undefined
      ? 'it is no longer reachable from outside the cluster'
      : 'its exposure outside the cluster changes';
  return [about(change, 'warning', what, advice, field)];
}

/** Hosts that an Ingress serves. */
function hostsOf(manifest: Manifest | undefined): string[] {
  return isKind(manifest, 'Ingress') ? (manifest.spec?.rules ?? []).flatMap(({ host }) => host ?? []) : [];
}

/** Tokens name their issuer, and services accept those of one. */
function issuer(change: ObjectChange): Observation[] {
  const what = 'the issuer of tokens changes: sessions end, and tokens of the old one are rejected';
  return change.fields
    .filter(
      ({ path, before, after }) => path.at(-2) === '[TOKEN_ISSUER]' && before !== undefined && after !== undefined,
    )
    .map((field) => about(change, 'critical', what, 'deploy when all users may sign in again', field));
}

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
