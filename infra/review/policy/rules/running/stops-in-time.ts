import { eachRunningContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing, workload } from '../../samples.ts';

/** Seconds left to a program after its pause. */
const LEAST = 5;

const pausing = (seconds: number) => [containing({ lifecycle: { preStop: { sleep: { seconds } } as object } })];

export const stopsInTime = rule({
  id: 'stops-in-time',
  why: 'a program that is killed in the middle of its work loses it; the pause before it counts against the same time',
  source: 'Kubernetes documentation, Pod Lifecycle: Termination of Pods',
  fix: `set terminationGracePeriodSeconds to the pause, what the program needs to end, and ${LEAST} seconds`,
  severity: 'warning',
  check: eachRunningContainer(({ container, at, pod }) => {
    const { sleep, exec } = (container.lifecycle?.preStop ?? {}) as {
      sleep?: { seconds: number };
      exec?: { command?: string[] };
    };
    const pause = sleep?.seconds ?? Number(exec?.command?.join(' ').match(/sleep (\d+)/)?.[1] ?? 0);
    const { terminationGracePeriodSeconds: grace = 30 } = pod.spec;
    return grace < pause + LEAST
      ? [
          {
            field: `${at}.lifecycle.preStop`,
            what: `takes ${pause} of the ${grace} seconds that terminationGracePeriodSeconds gives`,
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
    alsoGood: [[containing({ lifecycle: {} })]],
  },
});
