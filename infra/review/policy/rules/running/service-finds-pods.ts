import { ofKind, rule } from '../../rule.ts';
import { podSelector, sample, workload } from '../../samples.ts';
import { takesPods } from '../../selectors.ts';

const service = (selector: object) => sample('v1', 'Service', 'users', { spec: { selector } });

export const serviceFindsPods = rule({
  id: 'service-finds-pods',
  why: 'a Service without pods accepts no connections, and no error reports it',
  source: 'kube-score, service-targets-pod',
  fix: 'select the labels of the pod template',
  severity: 'warning',
  sees: 'environment',
  check: ofKind('Service', (object, context) => {
    const { selector } = object.spec ?? {};
    if (selector === undefined) return []; // its endpoints are managed manually
    return takesPods(selector, object, context)
      ? []
      : [{ field: 'spec.selector', what: 'selects no pods in this environment' }];
  }),
  samples: {
    good: [service(podSelector.matchLabels), workload()],
    bad: [service({ 'app.kubernetes.io/name': 'user' }), workload()],
    alsoBad: [[service({ ...podSelector.matchLabels, version: '2' }), workload()]],
    nearMisses: [[sample('v1', 'Service', 'outside', { spec: {} })]],
  },
});
