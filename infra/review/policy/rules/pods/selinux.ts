import { eachSecurityContext } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { secured, workload } from '../../samples.ts';

const TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t'];

export const selinux = rule({
  id: 'selinux',
  why: "a custom label can take a process out of the containers' confinement",
  source: 'Pod Security Standards, baseline: SELinux',
  fix: `remove user and role, and set type to one of ${TYPES.filter(Boolean).join(', ')}`,
  severity: 'critical',
  check: eachSecurityContext(({ seLinuxOptions: options = {} }, at) => [
    ...(TYPES.includes(options.type ?? '') ? [] : [{ field: `${at}.seLinuxOptions.type`, what: `is ${options.type}` }]),
    ...(['user', 'role'] as const)
      .filter((name) => options[name])
      .map((name) => ({ field: `${at}.seLinuxOptions.${name}`, what: `is ${options[name]}` })),
  ]),
  samples: {
    good: [secured({ seLinuxOptions: { type: 'container_t' } })],
    bad: [secured({ seLinuxOptions: { type: 'spc_t' } })],
    alsoBad: [
      [workload({ securityContext: { seLinuxOptions: { type: 'spc_t' } } })],
      [secured({ seLinuxOptions: { user: 'root' } })],
      [secured({ seLinuxOptions: { role: 'admin' } })],
    ],
    nearMisses: [[secured({ seLinuxOptions: { level: 's0:c123,c456' } })]],
  },
});
