import { isDeepStrictEqual } from 'node:util';
import type { Probe } from 'kubernetes-types/core/v1.d.ts';
import type { Loose } from '../../../../../constructs/kubernetes/read.ts';
import { eachRunningContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing } from '../../samples.ts';

const ask = (path: string): Probe => ({ httpGet: { path, port: 8080 } });
const question = ({ httpGet, tcpSocket, exec }: Loose<Probe>) => ({ httpGet, tcpSocket, exec });

export const probesDiffer = rule({
  id: 'probes-differ',
  why: 'if a dependency is slow, pods that are only not ready are restarted, all replicas at once',
  source: 'kube-score, pod-probes-identical',
  fix: 'use different endpoints for readiness and liveness, or a much longer timeout for liveness',
  severity: 'warning',
  check: eachRunningContainer(({ container: { readinessProbe, livenessProbe }, at }) => {
    if (
      readinessProbe === undefined ||
      livenessProbe === undefined ||
      !isDeepStrictEqual(question(readinessProbe), question(livenessProbe))
    )
      return [];
    const timeout = ({ periodSeconds = 10, failureThreshold = 3 }: Loose<Probe>) => periodSeconds * failureThreshold;
    return timeout(livenessProbe) >= 2 * timeout(readinessProbe)
      ? []
      : [{ field: `${at}.livenessProbe`, what: 'equals readinessProbe, and its timeout is hardly longer' }];
  }),
  samples: {
    good: [containing({ readinessProbe: ask('/ready'), livenessProbe: ask('/live') })],
    bad: [containing({ readinessProbe: ask('/health'), livenessProbe: ask('/health') })],
    alsoBad: [[containing({ readinessProbe: ask('/a'), livenessProbe: { ...ask('/a'), periodSeconds: 19 } })]],
    nearMisses: [[containing({ readinessProbe: ask('/a'), livenessProbe: { ...ask('/a'), periodSeconds: 20 } })]],
  },
});
