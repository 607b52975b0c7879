import { includes } from '../../policy/cidr.ts';
import type { Observation } from '../finding.ts';
import { flows, podsIn } from '../flows.ts';
import type { EnvironmentRule } from './rule.ts';

/** Network paths that NetworkPolicies open or close. */
export const network: EnvironmentRule = {
  id: 'network',
  check({ before, after, changes }) {
    const policies = changes.filter(({ kind }) => kind === 'NetworkPolicy');
    if (policies.length === 0) return [];
    const [was, is] = [flows(before), flows(after)];
    const [were, are] = [podsIn(before), podsIn(after)];
    const cause = (flow: string): string =>
      (policies.find(({ id }) => flow.includes(id.replace(/^.*\//, ''))) ?? policies[0])?.why ?? '';
    const opened = [...is].filter((flow) => !isCovered(flow, was));
    const closed = [...was].filter((flow) => !isCovered(flow, is));
    return [
      ...summed(opened, are, were).map(({ subject, note }): Observation => {
        const wide = /0\.0\.0\.0\/0|::\/0|^anywhere|any namespace/.test(note ?? subject);
        return {
          severity: wide ? 'critical' : 'warning',
          subject,
          what: wide
            ? 'the network opens to all addresses'
            : note === undefined
              ? 'a network path opens'
              : 'it is new, and network paths to and from it open',
          ...(note === undefined ? {} : { note }),
          advice: wide ? 'allow only the networks or pods that need it' : 'check that the contract intends this',
          cause: cause(subject),
        };
      }),
      ...summed(closed, were, are).map(
        ({ subject, note }): Observation => ({
          severity: 'warning',
          subject,
          what: note === undefined ? 'a network path closes' : 'it is deleted, and network paths to and from it close',
          ...(note === undefined ? {} : { note }),
          advice: 'check that it is unused: connections are denied as soon as this is applied',
          cause: cause(subject),
        }),
      ),
    ];
  },
};

/** One entry for all paths of a workload that only one version has, and one for a path that all pods have. */
function summed(
  paths: readonly string[],
  here: ReadonlySet<string>,
  there: ReadonlySet<string>,
): { readonly subject: string; readonly note?: string }[] {
  const only = (flow: string): string | undefined =>
    flow.split(/ → |:\d/).find((end) => here.has(end) && !there.has(end));
  const of = Map.groupBy(paths, only);
  const own = [...of].flatMap(([subject, list]) => (subject === undefined ? [] : [{ subject, note: list.join(', ') }]));
  const targets = Map.groupBy(of.get(undefined) ?? [], (flow) => flow.slice(flow.indexOf(' → ')));
  const rest = [...targets].flatMap(([target, list]) =>
    list.length > 1 && list.length === here.size ? [`all pods${target}`] : list,
  );
  return [...own, ...rest.map((subject) => ({ subject }))];
}

/** Whether paths include this one: itself, one to the whole namespace, or one from or to a larger network. */
function isCovered(flow: string, paths: ReadonlySet<string>): boolean {
  if (paths.has(flow) || paths.has(wider(flow))) return true;
  const network = NETWORK.exec(flow)?.[0];
  if (network === undefined) return false;
  const [start, end] = flow.split(network);
  return [...paths].some((path) => {
    const other = NETWORK.exec(path)?.[0];
    return other !== undefined && path === `${start}${other}${end}` && includes(other, network);
  });
}

/** A network as in `ipBlock.cidr`. */
const NETWORK = /(?:\d{1,3}\.){3}\d{1,3}\/\d{1,2}|[0-9a-f:]*::?[0-9a-f:]*\/\d{1,3}/i;

/** The path to a whole namespace that includes this path to some of its pods. */
function wider(flow: string): string {
  return flow.replace(/ → .* in namespace /, ' → namespace ');
}
