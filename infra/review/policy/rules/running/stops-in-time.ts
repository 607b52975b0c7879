import { valueAt } from '@groundwork/constructs';
import { eachRunningContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing, workload } from '../../samples.ts';

/** Minimum seconds for a program after its pause. */
const LEAST = 5;

const pausing = (seconds: number) => [containing({ lifecycle: { preStop: { sleep: { seconds } } as object } })];

export const stopsInTime = rule({
  id: 'stops-in-time',
  why: 'a program that is killed loses its work in progress; the pause counts against the grace period',
  source: 'Kubernetes documentation, Pod Lifecycle: Termination of Pods',
  fix: `set terminationGracePeriodSeconds to the pause plus the shutdown time of the program, at least ${LEAST} seconds`,
  severity: 'warning',
  check: eachRunningContainer(({ container, at, pod }) => {
    const { preStop } = container.lifecycle ?? {};
    const pause = Number(
      valueAt(preStop, 'sleep', 'seconds') ?? preStop?.exec?.command?.join(' ').match(/sleep (\d+)/)?.[1] ?? 0,
    );
    const { terminationGracePeriodSeconds: grace = 30 } = pod.spec;
    return grace < pause + LEAST
      ? [
          {
            field: `${at}.lifecycle.preStop`,
            what: `takes ${pause} of the ${grace} seconds of terminationGracePeriodSeconds`,
          },
        ]
      : [];
  }),
  samples: {
    good: pausing(5),
    bad: pausing(28),
    alsoBad: [
      [containing({ lifecycle: { preStop: { exec: { command: ['sleep', '28'] } } } })],
      [workload({ terminationGracePeriodSeconds: 9 })],
    ],
    nearMisses: [[containing({ lifecycle: {} })]],
  },
});
