import { containersOf, eachRunningPod } from '../../pods.ts';
import { rule } from '../../rule.ts';
import { containing, podSelector, sample, workload } from '../../samples.ts';
import { selectorsOf } from '../../selectors.ts';

const service = sample('v1', 'Service', 'users', {
  spec: { selector: podSelector.matchLabels, ports: [{ port: 80 }] },
});

export const drains = rule({
  id: 'drains',
  why: 'nodes send requests to a pod for some seconds after its termination starts; without a pause they fail',
  source: 'Kubernetes documentation, Pod Lifecycle: Termination of Pods',
  fix: 'add lifecycle.preStop with a sleep of some seconds to the serving container',
  severity: 'warning',
  sees: 'environment',
  check: eachRunningPod((pod, object, context) => {
    if (object.kind !== 'Deployment') return []; // clients of other kinds know single pods and retry with the next
    const served = selectorsOf(pod, object, 'Service', context);
    if (served.length === 0 || containersOf(pod).some(({ container }) => container.lifecycle?.preStop)) return [];
    return [
      {
        field: `${pod.at}.containers`,
        what: `have no lifecycle.preStop, but Service/${served[0]?.metadata.name} sends them requests`,
      },
    ];
  }),
  samples: {
    good: [containing({}), service],
    bad: [containing({ lifecycle: {} }), service],
    nearMisses: [[containing({ lifecycle: {} })], [containing({ lifecycle: {} }, { kind: 'StatefulSet' }), service]],
    alsoBad: [[workload({ initContainers: [{ name: 'init' }], containers: [{ name: 'users' }] }), service]],
  },
});
