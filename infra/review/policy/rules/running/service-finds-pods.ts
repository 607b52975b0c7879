import { ofKind, rule } from '../../rule.ts';
import { podSelector, sample, workload } from '../../samples.ts';
import { takesPods } from '../../selectors.ts';

const service = (selector: object) => sample('v1', 'Service', 'users', { spec: { selector } });

export const serviceFindsPods = rule({
  id: 'service-finds-pods',
  why: 'a Service whose selector takes no pod answers nobody, and no error says so',
  source: 'kube-score, service-targets-pod',
  fix: "give the Service the labels of the pods' template",
  severity: 'warning',
  sees: 'environment',
  check: ofKind<{ spec: { selector?: Record<string, string> } }>('Service', (object, context) => {
    const { selector } = object.spec;
    if (selector === undefined) return []; // its endpoints are made by hand
    return takesPods(selector, object, context)
      ? []
      : [{ field: 'spec.selector', what: 'takes the pods of nothing here' }];
  }),
  samples: {
    good: [service(podSelector.matchLabels), workload()],
    bad: [service({ 'app.kubernetes.io/name': 'user' }), workload()],
    alsoBad: [[service({ ...podSelector.matchLabels, version: '2' }), workload()]],
    alsoGood: [[sample('v1', 'Service', 'outside', { spec: {} })]],
  },
});
