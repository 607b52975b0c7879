import { BUSYBOX } from '@groundwork/local';

/** Objects that prove what a cluster can do; all in one namespace with Pod Security `restricted`. */
export const PROOF = 'proof';

const metadata = (name: string, app = name) => ({ name, namespace: PROOF, labels: { app } });
const podSecurity = { runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000, seccompProfile: { type: 'RuntimeDefault' } };
const containerSecurity = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

/** A pod spec that `restricted` accepts; `more` goes into its one container. */
export const podSpec = (command: readonly string[], more: object = {}, pod: object = {}) => ({
  terminationGracePeriodSeconds: 1,
  securityContext: podSecurity,
  containers: [{ name: 'main', image: BUSYBOX, command, securityContext: containerSecurity, ...more }],
  ...pod,
});

export const pod = (name: string, command: readonly string[] = ['sleep', '86400'], more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadata(name),
  spec: podSpec(command, {}, more),
});

export const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: PROOF, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
};

/** Two web servers behind the NodePort of the HTTP door; they drain before they end. */
export const web = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('web'), data: { 'index.html': 'one' } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata('web'),
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: 'web' } },
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: podSpec(
          ['httpd', '-f', '-p', '8080', '-h', '/www'],
          {
            ports: [{ name: 'http', containerPort: 8080 }],
            readinessProbe: { httpGet: { path: '/index.html', port: 'http' }, periodSeconds: 1 },
            lifecycle: { preStop: { sleep: { seconds: 3 } } },
            volumeMounts: [{ name: 'www', mountPath: '/www' }],
          },
          { terminationGracePeriodSeconds: 20, volumes: [{ name: 'www', configMap: { name: 'web' } }] },
        ),
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata('web'),
    spec: {
      type: 'NodePort',
      selector: { app: 'web' },
      ports: [{ name: 'http', port: 80, targetPort: 'http', nodePort: 30080 }],
    },
  },
];

const policy = (name: string, spec: object) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: metadata(name),
  spec,
});

/** Nothing but: DNS for all, and `client` to `web` by the port's name, allowed at both ends. */
export const policies = [
  policy('default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
  policy('dns', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [
      {
        to: [
          {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
            podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
          },
        ],
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
    ],
  }),
  policy('web-from-client', {
    podSelector: { matchLabels: { app: 'web' } },
    policyTypes: ['Ingress'],
    ingress: [{ from: [{ podSelector: { matchLabels: { app: 'client' } } }], ports: [{ port: 'http' }] }],
  }),
  policy('client-to-web', {
    podSelector: { matchLabels: { app: 'client' } },
    policyTypes: ['Egress'],
    egress: [{ to: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 'http' }] }],
  }),
];

/** One pod with a volume of its own. */
export const store = [
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata('store'),
    spec: { clusterIP: 'None', selector: { app: 'store' }, ports: [{ port: 80 }] },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata('store'),
    spec: {
      serviceName: 'store',
      selector: { matchLabels: { app: 'store' } },
      template: {
        metadata: { labels: { app: 'store' } },
        spec: podSpec(['sleep', '86400'], { volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
      },
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '64Mi' } } },
        },
      ],
    },
  },
];

/** Burns CPU; the autoscaler goes from 1 pod to 3. */
export const burn = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata('burn'),
    spec: {
      selector: { matchLabels: { app: 'burn' } },
      template: {
        metadata: { labels: { app: 'burn' } },
        spec: podSpec(['sh', '-c', 'while :; do :; done'], {
          resources: { requests: { cpu: '50m' }, limits: { cpu: '200m' } },
        }),
      },
    },
  },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadata('burn'),
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'burn' },
      maxReplicas: 3,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
      ],
    },
  },
];
