import { eachContainer } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { secured } from '../../samples.ts';

export const procMount = rule({
  id: 'proc-mount',
  why: 'the unmasked /proc shows and changes settings of the kernel',
  source: 'Pod Security Standards, baseline: /proc Mount Type',
  fix: 'leave procMount out',
  severity: 'critical',
  check: eachContainer(({ container, at }) => {
    const type = container.securityContext?.procMount ?? 'Default';
    return type === 'Default' ? [] : [{ field: `${at}.securityContext.procMount`, what: `is ${type}` }];
  }),
  samples: { good: [secured({ procMount: 'Default' })], bad: [secured({ procMount: 'Unmasked' })] },
});
