import type { Observation } from '../finding.ts';
import { flows } from '../flows.ts';
import type { EnvironmentRule } from './rule.ts';

/** Paths through the network that open or close: who may reach whom. */
export const network: EnvironmentRule = {
  id: 'network',
  check({ before, after, changes }) {
    const policies = changes.filter(({ kind }) => kind === 'NetworkPolicy');
    if (policies.length === 0) return [];
    const [old, young] = [flows(before), flows(after)];
    const cause = (flow: string): string => policies.find(({ id }) => flow.includes(id.split('/')[1] as string))?.why ?? (policies[0]?.why as string);
    const opened = [...young]
      .filter((flow) => !old.has(flow))
      .map((flow): Observation => {
        const wide = /0\.0\.0\.0\/0|::\/0|^anywhere|any namespace/.test(flow);
        return {
          severity: wide ? 'danger' : 'caution',
          subject: flow,
          what: wide ? 'the network opens to everybody' : 'a path through the network opens',
          advice: wide ? 'name the networks or pods that need it' : 'see that the contract means it',
          cause: cause(flow),
        };
      });
    const closed = [...old]
      .filter((flow) => !young.has(flow))
      .map(
        (flow): Observation => ({
          severity: 'caution',
          subject: flow,
          what: 'a path through the network closes',
          advice: 'see that nobody uses it any more: connections are refused as soon as this is applied',
          cause: cause(flow),
        }),
      );
    return [...opened, ...closed];
  },
};
