import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing } from '../../samples.ts';

export const noHostPort = rule({
  id: 'no-host-port',
  why: "a host port bypasses the Service, and two pods with the same one can't run on one node",
  source: 'Pod Security Standards, baseline: Host Ports; CIS Kubernetes Benchmark v1.12, 5.2.12',
  fix: 'remove hostPort and use a Service',
  severity: 'critical',
  check: eachContainer(({ container, at }) =>
    (container.ports ?? [])
      .filter(({ hostPort }) => hostPort !== undefined && hostPort !== 0)
      .map(({ name, containerPort, hostPort }) => ({
        field: `${at}.ports.${name ?? containerPort}.hostPort`,
        what: `is ${hostPort}, a port of the node`,
      })),
  ),
  samples: {
    good: [containing({ ports: [{ name: 'http', containerPort: 8080 }] })],
    bad: [containing({ ports: [{ name: 'http', containerPort: 8080, hostPort: 80 }] })],
    alsoBad: [[containing({ ports: [{ containerPort: 8080, hostPort: 80 }] })]],
    nearMisses: [[containing({ ports: [{ containerPort: 8080, hostPort: 0 }] })]],
  },
});
