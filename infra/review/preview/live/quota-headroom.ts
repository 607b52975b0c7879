import type { Manifest } from '@groundwork/constructs';
import { isKind, ofKind, replicasOf as statedReplicas } from '../../../../constructs/kubernetes/read.ts';
import { decimal, diff, ONE, quantity } from '../diff/index.ts';
import type { Finding } from '../finding.ts';
import { identityOf } from '../objects.ts';
import { askedByPod, claimedBy } from '../peak.ts';
import type { SnapshotObject } from '../snapshot.ts';
import { surgeOf } from '../workloads.ts';

/**
 * Checks whether the quotas have room for a change while its updates are in progress, in addition to the current usage
 * of the namespace. A dry run checks each object separately, and no pods.
 * @param quotas of the namespace; those with scopes are ignored
 * @param before live objects
 * @param after their dry runs
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
        const [hard, used, asked] = [quantity(text), quantity(quota.status?.used?.[name]) ?? 0n, more(name)];
        if (hard === undefined || asked <= 0n || used + asked <= hard) return [];
        return [
          {
            rule: 'quota',
            severity: 'critical',
            environments: [environment],
            subject: `ResourceQuota/${quota.metadata.name}`,
            what: `with the current usage of the namespace, the change requests more ${name} than the quota while its updates are in progress: pods are rejected, and a rollout waits`,
            field: `spec.hard.${name}`,
            note: `${rounded(used)} in use and ${rounded(asked)} more, of ${rounded(hard)}`,
            advice: 'raise the quota first, or split the deploy',
            cause: 'platform.quota',
          },
        ];
      });
    });
}

function byIdentity(entries: readonly SnapshotObject[]): ReadonlyMap<string, Manifest> {
  return new Map(entries.map(({ manifest }) => [identityOf(manifest), manifest]));
}

/**
 * Maximum additional requests of all changes, by the name in the quota. Deleted objects free their usage too late to
 * count.
 */
function moreOf(before: ReadonlyMap<string, Manifest>, after: ReadonlyMap<string, Manifest>): (name: string) => bigint {
  const pairs = [...after].map(([identity, to]) => ({ from: before.get(identity), to }));
  return (name) =>
    pairs.reduce((sum, { from, to }) => {
      const more = counts(name, to) && from === undefined ? ONE : asked(name, from, to);
      return sum + larger(0n, more);
    }, 0n);
}

/** Maximum requests of an object during its update, minus its current ones. */
function asked(name: string, from: Manifest | undefined, to: Manifest): bigint {
  const claims = (claimedBy(to)[name] ?? 0n) - (from === undefined ? 0n : (claimedBy(from)[name] ?? 0n));
  const pods = NO_PODS_NOW.has(to.kind) ? 0n : during(name, from, to);
  return claims + pods;
}

/** Aliases of resource names in a quota. */
const SHORT: Readonly<Record<string, string>> = { cpu: 'requests.cpu', memory: 'requests.memory' };

/** A CronJob creates pods on its schedule, not on a deploy. */
const NO_PODS_NOW: ReadonlySet<string> = new Set(['CronJob']);

/**
 * During a rollout pods of both templates run: first the old ones and the surge, finally the new ones and the last old
 * ones.
 */
function during(name: string, from: Manifest | undefined, to: Manifest): bigint {
  const each = (manifest: Manifest): bigint => askedByPod(manifest)[SHORT[name] ?? name] ?? 0n;
  const [is, becomes] = [from === undefined ? 0 : replicasOf(from), replicasOf(to)];
  const [before, after] = [from === undefined ? 0n : each(from), each(to)];
  const has = BigInt(is) * before;
  if (from === undefined || !rolls(from, to)) return BigInt(becomes) * after - has;
  const surge = surgeOf(to, becomes);
  const first = has + BigInt(surge + Math.max(0, becomes - is)) * after;
  return larger(first, BigInt(becomes) * after + BigInt(surge) * before) - has;
}

function rolls(from: Manifest, to: Manifest): boolean {
  return diff(from, to).some(({ path }) => path.includes('template'));
}

function replicasOf(manifest: Manifest): number {
  return (isKind(manifest, 'Job') ? manifest.spec?.parallelism : statedReplicas(manifest)) ?? 1;
}

/** Whether a quota name such as `services` or `count/deployments.apps` counts an object. */
function counts(name: string, { apiVersion, kind }: Manifest): boolean {
  const plural = kind.toLowerCase().replace(/y$/, 'ie').replace(/s$/, 'se').concat('s');
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return name === `count/${plural}${group}` || (group === '' && name === plural && plural !== 'pods');
}

/** With the digits that matter to a reader. */
function rounded(amount: bigint): string {
  return `${Number(Number(decimal(amount)).toPrecision(4))}`;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
