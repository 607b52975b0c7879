import { eachPod } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { workload } from '../../samples.ts';

export const noHostPath = rule({
  id: 'no-host-path',
  why: "write access to a node's files gives control of the node, and read access gives its keys",
  source: 'Pod Security Standards, baseline: HostPath Volumes; CIS Kubernetes Benchmark v1.12, 5.2.11',
  fix: 'use a claim, an emptyDir or a projected volume',
  severity: 'critical',
  check: eachPod(({ spec, at }) =>
    (spec.volumes ?? [])
      .filter(({ hostPath }) => hostPath !== undefined)
      .map(({ name, hostPath }) => ({
        field: `${at}.volumes.${name}.hostPath`,
        what: `is '${hostPath?.path}' of the node`,
      })),
  ),
  samples: {
    good: [workload({ volumes: [{ name: 'tmp', emptyDir: {} }] })],
    bad: [workload({ volumes: [{ name: 'logs', hostPath: { path: '/var/log' } }] })],
    alsoBad: [
      [
        workload({
          volumes: [
            { name: 'tmp', emptyDir: {} },
            { name: 'root', hostPath: { path: '/' } },
          ],
        }),
      ],
    ],
    nearMisses: [[workload({ volumes: [{ name: 'host-path', persistentVolumeClaim: { claimName: 'users' } }] })]],
  },
});
