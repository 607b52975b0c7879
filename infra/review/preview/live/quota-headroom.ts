import type { Manifest } from '@groundwork/constructs';
import { isKind, ofKind, replicasOf as statedReplicas } from '../../../../constructs/kubernetes/read.ts';
import { diff, quantity } from '../diff/index.ts';
import type { Finding } from '../finding.ts';
import { identityOf } from '../objects.ts';
import { askedByPod, claimedBy } from '../peak.ts';
import type { SnapshotObject } from '../snapshot.ts';
import { surgeOf } from '../workloads.ts';

/**
 * Adds what a change asks for while its updates are under way to what the namespace uses now, whoever uses it. The server's
 * dry run judges each object by itself, and no pods at all.
 * @param quotas of the namespace; those for some pods only are left out
 * @param before what runs, and @param after what would
 */
export function quotaHeadroom(
  environment: string,
  quotas: readonly Manifest[],
  before: readonly SnapshotObject[],
  after: readonly SnapshotObject[],
): Finding[] {
  const wanted = byIdentity(after);
  const more = moreOf(byIdentity(before), wanted);
  return ofKind(quotas, 'ResourceQuota')
    .filter(({ spec }) => spec?.scopes === undefined && spec?.scopeSelector === undefined)
    .flatMap((quota) => {
      const wished = wanted.get(identityOf(quota));
      return Object.entries({
        ...quota.status?.hard,
        ...(isKind(wished, 'ResourceQuota') ? wished.spec?.hard : {}),
      }).flatMap(([name, text]): Finding[] => {
        const [hard, used, asked] = [quantity(text), quantity(quota.status?.used?.[name]) ?? 0, more(name)];
        if (hard === undefined || asked <= 0 || used + asked <= hard) return [];
        return [
          {
            rule: 'quota',
            severity: 'critical',
            environments: [environment],
            subject: `ResourceQuota/${quota.metadata.name}`,
            what: `with what the namespace uses now, the change asks for more ${name} than the quota while its updates are under way: pods are refused, and a rollout waits`,
            field: `spec.hard.${name}`,
            note: `${rounded(used)} in use and ${rounded(asked)} more, of ${rounded(hard)}`,
            advice: 'raise the quota first, or deploy the change in parts',
            cause: 'platform.quota',
          },
        ];
      });
    });
}

function byIdentity(entries: readonly SnapshotObject[]): ReadonlyMap<string, Manifest> {
  return new Map(entries.map(({ manifest }) => [identityOf(manifest), manifest]));
}

/** Most that all changes ask for beyond what runs, under a quota's name for it: what goes is counted only once it is gone, so not here. */
function moreOf(before: ReadonlyMap<string, Manifest>, after: ReadonlyMap<string, Manifest>): (name: string) => number {
  const pairs = [...after].map(([identity, to]) => ({ from: before.get(identity), to }));
  return (name) =>
    pairs.reduce(
      (sum, { from, to }) => sum + Math.max(0, counts(name, to) && from === undefined ? 1 : asked(name, from, to)),
      0,
    );
}

/** What an object asks for at most while it is brought from one state to another, less what it has. */
function asked(name: string, from: Manifest | undefined, to: Manifest): number {
  const claims = (claimedBy(to)[name] ?? 0) - (from === undefined ? 0 : (claimedBy(from)[name] ?? 0));
  const pods = NO_PODS_NOW.has(to.kind) ? 0 : during(name, from, to);
  return claims + pods;
}

/** Short names that a quota may have for what is requested. */
const SHORT: Readonly<Record<string, string>> = { cpu: 'requests.cpu', memory: 'requests.memory' };

/** A CronJob's pods come at its time, whatever is deployed. */
const NO_PODS_NOW: ReadonlySet<string> = new Set(['CronJob']);

/** Pods of both templates stand side by side in a rollout: the old ones and the surge at first, the new ones and the last old ones at the end. */
function during(name: string, from: Manifest | undefined, to: Manifest): number {
  const each = (manifest: Manifest): number => askedByPod(manifest)[SHORT[name] ?? name] ?? 0;
  const [is, becomes] = [from === undefined ? 0 : replicasOf(from), replicasOf(to)];
  const [before, after] = [from === undefined ? 0 : each(from), each(to)];
  const has = is * before;
  if (from === undefined || !rolls(from, to)) return becomes * after - has;
  const surge = surgeOf(to, becomes);
  return Math.max(has + (surge + Math.max(0, becomes - is)) * after, becomes * after + surge * before) - has;
}

function rolls(from: Manifest, to: Manifest): boolean {
  return diff(from, to).some(({ path }) => path.includes('template'));
}

function replicasOf(manifest: Manifest): number {
  return (isKind(manifest, 'Job') ? manifest.spec?.parallelism : statedReplicas(manifest)) ?? 1;
}

/** Whether an object is one of what a quota counts, such as `services` or `count/deployments.apps`. */
function counts(name: string, { apiVersion, kind }: Manifest): boolean {
  const plural = kind.toLowerCase().replace(/y$/, 'ie').replace(/s$/, 'se').concat('s');
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return name === `count/${plural}${group}` || (group === '' && name === plural && plural !== 'pods');
}

function rounded(amount: number): string {
  return `${Number(amount.toPrecision(4))}`;
}
