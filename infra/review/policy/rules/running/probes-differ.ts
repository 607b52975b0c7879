import { isDeepStrictEqual } from 'node:util';
import type { Probe } from 'kubernetes-types/core/v1.d.ts';
import { eachRunningContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing } from '../../samples.ts';

const ask = (path: string): Probe => ({ httpGet: { path, port: 8080 } });
const question = ({ httpGet, tcpSocket, exec }: Probe) => ({ httpGet, tcpSocket, exec });

export const probesDiffer = rule({
  id: 'probes-differ',
  why: 'when a dependency is slow, a program that is only not ready is killed, and so are all its twins at once',
  source: 'kube-score, pod-probes-identical',
  fix: 'ask for readiness and for life at different places, or wait for life much longer than for readiness',
  severity: 'warning',
  check: eachRunningContainer(({ container: { readinessProbe, livenessProbe }, at }) => {
    if (
      readinessProbe === undefined ||
      livenessProbe === undefined ||
      !isDeepStrictEqual(question(readinessProbe), question(livenessProbe))
    )
      return [];
    const timeout = ({ periodSeconds = 10, failureThreshold = 3 }: Probe) => periodSeconds * failureThreshold;
    return timeout(livenessProbe) >= 2 * timeout(readinessProbe)
      ? []
      : [{ field: `${at}.livenessProbe`, what: 'asks the same as readinessProbe, and hardly waits longer' }];
  }),
  samples: {
    good: [containing({ readinessProbe: ask('/ready'), livenessProbe: ask('/live') })],
    bad: [containing({ readinessProbe: ask('/health'), livenessProbe: ask('/health') })],
    alsoBad: [[containing({ readinessProbe: ask('/a'), livenessProbe: { ...ask('/a'), periodSeconds: 19 } })]],
    alsoGood: [[containing({ readinessProbe: ask('/a'), livenessProbe: { ...ask('/a'), periodSeconds: 20 } })]],
  },
});
