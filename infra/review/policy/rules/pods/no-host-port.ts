import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing } from '../../samples.ts';

export const noHostPort = rule({
  id: 'no-host-port',
  why: "a port of the node is reached past the Service, and two pods that want the same one can't share a node",
  source: 'Pod Security Standards, baseline: Host Ports; CIS Kubernetes Benchmark v1.12, 5.2.12',
  fix: 'leave hostPort out and put a Service before the pod',
  severity: 'critical',
  check: eachContainer(({ container, at }) =>
    (container.ports ?? [])
      .filter(({ hostPort }) => hostPort !== undefined && hostPort !== 0)
      .map(({ name, containerPort, hostPort }) => ({
        field: `${at}.ports.${name ?? containerPort}.hostPort`,
        what: `is ${hostPort}: a port of the node`,
      })),
  ),
  samples: {
    good: [containing({ ports: [{ name: 'http', containerPort: 8080 }] })],
    bad: [containing({ ports: [{ name: 'http', containerPort: 8080, hostPort: 80 }] })],
    alsoBad: [[containing({ ports: [{ containerPort: 8080, hostPort: 80 }] })]],
    alsoGood: [[containing({ ports: [{ containerPort: 8080, hostPort: 0 }] })]],
  },
});
