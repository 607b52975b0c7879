import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { secured, workload } from '../../samples.ts';

export const procMount = rule({
  id: 'proc-mount',
  why: 'an unmasked /proc gives access to kernel settings',
  source: 'Pod Security Standards, baseline: /proc Mount Type',
  fix: 'remove procMount',
  severity: 'critical',
  check: eachContainer(({ container, at }) => {
    const type = container.securityContext?.procMount ?? 'Default';
    return type === 'Default' ? [] : [{ field: `${at}.securityContext.procMount`, what: `is ${type}` }];
  }),
  samples: {
    good: [secured({ procMount: 'Default' })],
    bad: [secured({ procMount: 'Unmasked' })],
    alsoBad: [[workload({ initContainers: [{ name: 'init', securityContext: { procMount: 'Unmasked' } }] })]],
    nearMisses: [[secured({ procMount: undefined })]],
  },
});
