import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing } from '../../samples.ts';

const ACTIONS = ['httpGet', 'tcpSocket'] as const;

export const noHostProbe = rule({
  id: 'no-host-probe',
  why: 'a probe with a host makes the kubelet connect where the pod itself may not',
  source: 'Pod Security Standards, baseline: Host Probes / Lifecycle Hooks',
  fix: "remove host: the kubelet uses the pod's address",
  severity: 'critical',
  check: eachContainer(({ container: { startupProbe, readinessProbe, livenessProbe, lifecycle = {} }, at }) => {
    const handlers = {
      startupProbe,
      readinessProbe,
      livenessProbe,
      'lifecycle.postStart': lifecycle.postStart,
      'lifecycle.preStop': lifecycle.preStop,
    };
    return Object.entries(handlers).flatMap(([name, handler]) =>
      ACTIONS.filter((action) => handler?.[action]?.host).map((action) => ({
        field: `${at}.${name}.${action}.host`,
        what: `is '${handler?.[action]?.host}', not the pod`,
      })),
    );
  }),
  samples: {
    good: [containing({ livenessProbe: { httpGet: { path: '/live', port: 8080 } } })],
    bad: [containing({ livenessProbe: { httpGet: { path: '/', port: 80, host: '169.254.169.254' } } })],
    alsoBad: [
      [containing({ readinessProbe: { tcpSocket: { port: 80, host: '10.0.0.1' } } })],
      [containing({ lifecycle: { preStop: { httpGet: { port: 80, host: '10.0.0.1' } } } })],
    ],
    nearMisses: [
      [
        containing({
          livenessProbe: { httpGet: { path: '/', port: 80, httpHeaders: [{ name: 'Host', value: 'a' }] } },
        }),
      ],
    ],
  },
});
