import { change, edit, roll, SERVICES } from '../change.ts';

const MICROSERVICE = 'constructs/microservice/microservice.ts';
const POD = 'constructs/microservice/pod.ts';
const CATALOG = 'infra/build/images/catalog.ts';
const of = (severity: string, kind: string): string[] => SERVICES.map((service) => `${severity} ${kind}/${service}`);
/** One pod in dev, which nobody stands in for; two in the others. */
const single = (name: string): string[] => [
  `caution rollouts StatefulSet/${name} @ dev`,
  `notice rollouts StatefulSet/${name} @ staging production`,
];

/** Pods, what guards them, and what their controllers refuse to change. */
export const pods = [
  change(
    'another selector',
    [
      edit(
        MICROSERVICE,
        'const selector = selectorOf(system, name);',
        "const selector = { ...selectorOf(system, name), 'app.kubernetes.io/component': 'service' };",
      ),
      edit(
        MICROSERVICE,
        '            labels: metadata.labels,',
        "            labels: { ...metadata.labels, 'app.kubernetes.io/component': 'service' },",
      ),
    ],
    of('danger', 'replacements Deployment'),
  ),
  change(
    'addresses without an IP',
    [edit(MICROSERVICE, "targetPort: 'http' }] },", "targetPort: 'http' }], clusterIP: 'None' },")],
    of('danger', 'replacements Service'),
  ),
  change(
    'pods that start in order',
    [edit('constructs/prometheus/alertmanager.ts', "    podManagementPolicy: 'Parallel',\n", '')],
    'danger replacements StatefulSet/alertmanager',
  ),
  change(
    'another headless service',
    [edit('constructs/prometheus/server.ts', 'serviceName: PROMETHEUS,', "serviceName: 'metrics-prometheus',")],
    'danger replacements StatefulSet/prometheus',
  ),
  change(
    'volumes that go with their StatefulSet',
    [
      edit(
        'constructs/prometheus/alertmanager.ts',
        "whenDeleted: 'Retain', whenScaled: 'Retain'",
        "whenDeleted: 'Delete', whenScaled: 'Retain'",
      ),
    ],
    'danger data StatefulSet/alertmanager',
  ),
  change(
    'a budget that lets no pod go',
    [edit(MICROSERVICE, 'spec: { maxUnavailable: 1, selector', 'spec: { maxUnavailable: 0, selector')],
    'caution disruption PodDisruptionBudget/catalog',
    ['gateway', 'notifications', 'users'].map(
      (name) => `caution disruption PodDisruptionBudget/${name} @ staging production`,
    ),
  ),
  // Half of two pods is one, as before; half of three is rounded up.
  change(
    'a budget of half the pods',
    [edit(MICROSERVICE, 'spec: { maxUnavailable: 1, selector', "spec: { maxUnavailable: '50%', selector")],
    SERVICES.map((name) => `caution disruption PodDisruptionBudget/${name} @ production`),
  ),
  change(
    'agents that wait for somebody who deletes them',
    [
      edit(
        'constructs/consul/agents.ts',
        "updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },",
        "updateStrategy: { type: 'OnDelete' },",
      ),
    ],
    'caution held-back DaemonSet/consul-agent',
  ),
  change(
    'agents that wait, and a change for them',
    [
      edit(
        'constructs/consul/agents.ts',
        "updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },",
        "updateStrategy: { type: 'OnDelete' },",
      ),
      edit('constructs/consul/agents.ts', 'terminationGracePeriodSeconds: 30,', 'terminationGracePeriodSeconds: 60,'),
    ],
    'caution held-back DaemonSet/consul-agent',
  ),
  change(
    'updates that stop all pods first',
    [
      edit(
        MICROSERVICE,
        "strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: SURGE, maxUnavailable: 0 } },",
        "strategy: { type: 'Recreate' },",
      ),
    ],
    of('caution', 'disruption Deployment'),
  ),
  change(
    'a file system that can be written to',
    [
      edit(
        POD,
        'resources: requirements(resources), securityContext: hardenedContainer };',
        'resources: requirements(resources), securityContext: { ...hardenedContainer, readOnlyRootFilesystem: false } };',
      ),
    ],
    of('danger', 'hardening Deployment'),
    roll(...SERVICES),
  ),
  change(
    'no probe of readiness',
    [edit(POD, "        readinessProbe: probe('ready', { periodSeconds: 5, failureThreshold: 2 }),\n", '')],
    of('danger', 'hardening Deployment'),
    roll(...SERVICES),
  ),
  change(
    'a slower probe',
    [edit(POD, 'periodSeconds: 10, failureThreshold: 6', 'periodSeconds: 10, failureThreshold: 12')],
    roll(...SERVICES),
  ),
  change(
    'another build of an image',
    [
      edit(
        CATALOG,
        'sha256:27c475db5fb156cab31d5c18a4251ac7ed567746a2483ff264516437a39b15ba',
        `sha256:${'2'.repeat(64)}`,
      ),
    ],
    single('alertmanager'),
  ),
  change(
    'a minor version of an image',
    [
      edit(CATALOG, "version: 'v0.28.1'", "version: 'v0.29.0'"),
      edit(
        CATALOG,
        'sha256:27c475db5fb156cab31d5c18a4251ac7ed567746a2483ff264516437a39b15ba',
        `sha256:${'3'.repeat(64)}`,
      ),
    ],
    single('alertmanager'),
  ),
  change(
    'a major version of an image',
    [
      edit(CATALOG, "version: 'v3.5.0'", "version: 'v4.0.0'"),
      edit(
        CATALOG,
        'sha256:63805ebb8d2b3920190daf1cb14a60871b16fd38bed42b857a3182bc621f4996',
        `sha256:${'4'.repeat(64)}`,
      ),
    ],
    'danger images StatefulSet/prometheus',
    single('prometheus'),
  ),
  change(
    'a major version of an operated database',
    [
      edit(CATALOG, "version: '17.6'", "version: '18.0'"),
      edit(
        CATALOG,
        'sha256:30b304a2e300ed80b6d1b740e4369e9b0f25599fb518de78c01fd9f25531791b',
        `sha256:${'5'.repeat(64)}`,
      ),
    ],
    'danger images Cluster/postgres @ staging production',
    'caution rollouts Cluster/postgres @ staging production',
  ),
  // A job's name holds what it does, so it is another job.
  change('a job that tries more often', [
    edit('constructs/platform/provisioning-job.ts', 'backoffLimit: 10,', 'backoffLimit: 20,'),
  ]),
  change(
    'an alert that comes earlier',
    [edit('constructs/prometheus/rules/pods.ts', '> 0.9', '> 0.8')],
    'notice alerts alert MemoryNearLimit',
    single('prometheus'),
  ),
  change(
    'an alert less',
    [
      edit(
        'constructs/prometheus/rules/pods.ts',
        "    alert({\n      name: 'ApiServerErrors',",
        "    ...[].map(() => alert({\n      name: 'ApiServerErrors',",
      ),
      edit(
        'constructs/prometheus/rules/pods.ts',
        "admission webhooks first.',\n    }),",
        "admission webhooks first.',\n    })),",
      ),
    ],
    'caution alerts alert ApiServerErrors',
    single('prometheus'),
  ),
  change('a dashboard under another title', [
    edit('constructs/grafana/dashboards/overview.ts', "name: 'overview',", "name: 'all',"),
  ]),
];
