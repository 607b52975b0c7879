import type { Requirement } from '@groundwork/constructs';
import { type Change, diff, pathText } from '../diff/index.ts';
import type { Observation } from '../finding.ts';
import type { Settings } from '../settings.ts';
import type { EnvironmentRule } from './rule.ts';

type Effect = Pick<Observation, 'severity' | 'what' | 'advice'>;

const OTHER_CLUSTER: Effect = {
  severity: 'critical',
  what: 'it goes to another cluster: its objects are created there without their data, and those in the former cluster stay',
  advice: 'check that this is the cluster of the environment; migrate the data first if it moves',
};

/** What a changed setting has for an effect; the first that matches applies. */
const EFFECTS: readonly { readonly path: RegExp; readonly effect: Effect | ((change: Change) => Effect) }[] = [
  {
    path: /^protectData$/,
    effect: ({ after }) =>
      after === true
        ? { severity: 'info', what: 'its data stores are now protected from deletion', advice: 'nothing to do' }
        : {
            severity: 'critical',
            what: 'its data stores are no longer protected: a deploy that removes or replaces one deletes its data',
            advice: 'keep the protection where the data is the only copy; take a backup before it ends',
          },
  },
  {
    path: /^context$|^pulumi\.stack\.config\.([^.]*:)?(context|kubeconfig|clusterIdentifier)\b/,
    effect: OTHER_CLUSTER,
  },
  {
    path: /^pulumi\.project\.(name|backend)\b/,
    effect: {
      severity: 'critical',
      what: 'its stack has another state: a deploy creates every object again, and the former state keeps the old ones',
      advice: 'keep it, or move the state first with `pulumi stack export` and `pulumi stack import`',
    },
  },
  {
    path: /^images\./,
    effect: {
      severity: 'warning',
      what: 'its images come from another place',
      advice: 'check that every image is there with the same digest, and that the cluster may pull it',
    },
  },
  {
    path: /^pulumi\.stack\.(encryptionsalt|encryptedkey|secretsprovider)$/,
    effect: {
      severity: 'warning',
      what: 'the secrets of its stack are encrypted in another way',
      advice: 'check that the deploy can still decrypt them, and who else can now',
    },
  },
  {
    path: /./,
    effect: { severity: 'warning', what: 'the settings of its deploy change', advice: 'check that this is intended' },
  },
];

/** What decides a deploy besides the objects: protection of data, target cluster, registry, requirements, stack config. */
export const settings: EnvironmentRule = {
  id: 'settings',
  check: ({ settings: { before, after } = { before: undefined, after: undefined } }) => {
    const common = { subject: 'the deploy', cause: 'settings of the environment' };
    if (before === undefined && after === undefined) return [];
    if (before === undefined || after === undefined)
      return [
        {
          ...common,
          severity: 'warning',
          what: `its settings can't be compared, as the snapshot of the ${before === undefined ? 'base' : 'head'} has none: protection of data, target cluster, registry, requirements, stack config`,
          advice: 'compare them in the diff',
        },
      ];
    const { requirements: had, ...was } = before;
    const { requirements: has, ...is } = after;
    return [
      ...diff(was, is).map((change) => {
        const field = pathText(change.path);
        const found = EFFECTS.find(({ path }) => path.test(field))?.effect as (typeof EFFECTS)[number]['effect'];
        const effect = typeof found === 'function' ? found(change) : found;
        return { ...common, ...effect, field, before: change.before, after: change.after };
      }),
      ...required(had, has).map((observation) => ({ ...common, ...observation })),
    ];
  },
};

/** Guarantees without which data is lost, or read by others. */
const OF_DATA = new Set(['point-in-time-recovery', 'tested-restore', 'survives-node-loss', 'tls-in-transit']);

function required(
  before: Settings['requirements'],
  after: Settings['requirements'],
): Omit<Observation, 'subject' | 'cause'>[] {
  const kinds = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return kinds.flatMap((kind) => {
    const [had, has] = [before[kind], after[kind]];
    const [were, are] = [kept(had), kept(has)];
    const lost = [...were].filter((guarantee) => !are.has(guarantee));
    const come = [...are].filter((guarantee) => !were.has(guarantee));
    return [
      ...lost.map((guarantee) => {
        const reason = has?.waived?.[guarantee];
        return {
          severity: OF_DATA.has(guarantee) ? ('critical' as const) : ('warning' as const),
          what: `${kind} is no longer required to keep '${guarantee}'${reason === undefined ? '' : `, which is waived: ${reason}`}`,
          field: `requirements.${kind}`,
          advice: 'keep the requirement, or agree on the loss with those who rely on it',
        };
      }),
      ...come.map((guarantee) => ({
        severity: 'info' as const,
        what: `${kind} is now required to keep '${guarantee}'`,
        field: `requirements.${kind}`,
        advice: 'nothing to do: the synth fails for a back end that does not keep it',
      })),
    ];
  });
}

/** What is required and not waived. */
function kept(
  { guarantees, waived = {} }: Requirement = { guarantees: [] },
): ReadonlySet<Requirement['guarantees'][number]> {
  return new Set(guarantees.filter((guarantee) => waived[guarantee] === undefined));
}
