import { isKind } from '../../../../../constructs/kubernetes/read.ts';
import { ofKind, rule } from '../../rule.ts';
import { workload } from '../../samples.ts';

const schedule = (fields: object) => workload({}, { kind: 'CronJob', fields });

export const jobEnds = rule({
  id: 'job-ends',
  why: 'a job that hangs keeps its resources and is not reported; overlapping runs do the same work twice',
  source: 'Kubernetes documentation, Jobs: Job termination and cleanup; kube-score, cronjob-has-deadline',
  fix: 'set activeDeadlineSeconds, and concurrencyPolicy: Forbid on a CronJob',
  severity: 'info',
  check: ofKind(['Job', 'CronJob'], (object) => {
    const isScheduled = isKind(object, 'CronJob');
    const [job, at] = isScheduled
      ? [object.spec?.jobTemplate?.spec, 'spec.jobTemplate.spec']
      : [isKind(object, 'Job') ? object.spec : undefined, 'spec'];
    return [
      ...(job?.activeDeadlineSeconds === undefined
        ? [{ field: `${at}.activeDeadlineSeconds`, what: 'is not set' }]
        : []),
      ...(isScheduled && (object.spec?.concurrencyPolicy ?? 'Allow') === 'Allow'
        ? [{ field: 'spec.concurrencyPolicy', what: 'is Allow' }]
        : []),
    ];
  }),
  samples: {
    good: [workload({}, { kind: 'Job', fields: { activeDeadlineSeconds: 600 } })],
    bad: [workload({}, { kind: 'Job' })],
    alsoBad: [
      [schedule({ concurrencyPolicy: 'Forbid' })],
      [schedule({ jobTemplate: { spec: { activeDeadlineSeconds: 600 } } })],
    ],
    nearMisses: [[schedule({ concurrencyPolicy: 'Forbid', jobTemplate: { spec: { activeDeadlineSeconds: 600 } } })]],
  },
});
