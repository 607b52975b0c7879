import { change, edit, SERVICES } from '../change.ts';
import { DEV, STAGING } from './sizes.ts';

const NETWORK = 'constructs/microservice/network.ts';
const ingress =
  "edge: { kind: 'ingress', host: 'staging.shop.example', tlsSecret: 'gateway-tls', className: 'nginx', controllerNamespace: 'ingress-nginx' },";

/** Ways in and out: the edge, paths between pods, the cluster's own rights. */
export const networkAndRights = [
  change(
    'another port at the nodes',
    [edit(DEV, 'port: 30080', 'port: 30081')],
    'caution exposure Service/gateway-edge @ dev',
  ),
  change(
    'another host',
    [edit(STAGING, "host: 'staging.shop.example'", "host: 'preview.shop.example'")],
    'caution exposure Ingress/gateway-edge @ staging',
    'notice rollouts Deployment/users @ staging', // issuer of tokens
    'notice rollouts Deployment/gateway @ staging',
  ),
  change(
    'a load balancer that is open to all, in place of the Ingress',
    [
      edit(
        STAGING,
        ingress,
        "edge: { kind: 'load-balancer', url: 'https://staging.shop.example', sourceRanges: ['0.0.0.0/0'] },",
      ),
    ],
    'danger exposure Service/gateway-edge @ staging',
    'caution exposure Ingress/gateway-edge @ staging',
    'danger network 0.0.0.0/0 → gateway:8080 @ staging',
    'caution network namespace ingress-nginx → gateway:8080 @ staging',
    'notice rollouts Deployment/gateway @ staging', // it no longer counts on the controller to name the client
  ),
  change(
    'another controller of the Ingress',
    [edit(STAGING, "controllerNamespace: 'ingress-nginx'", "controllerNamespace: 'traefik'")],
    'caution network namespace traefik → gateway:8080 @ staging',
    'caution network namespace ingress-nginx → gateway:8080 @ staging',
  ),
  change(
    'the internet for all services',
    [
      edit(
        NETWORK,
        'egress: [...callees, ...peers],',
        "egress: [...callees, ...peers, { to: [{ ipBlock: { cidr: '0.0.0.0/0' } }], ports: tcp(443) }],",
      ),
    ],
    SERVICES.map((service) => `danger network ${service} → 0.0.0.0/0:443`),
  ),
  change(
    'callers on any port',
    [
      edit(
        NETWORK,
        'from: pods(selectorOf(system, caller)), ports: tcp(PORTS.http) })',
        'from: pods(selectorOf(system, caller)), ports: [...tcp(PORTS.http), ...tcp(PORTS.metrics)] })',
      ),
    ],
    // The callers' own policies let them out to 8080 only.
  ),
  change(
    'DNS of any pod in kube-system',
    [
      edit(
        'constructs/platform/network.ts',
        "              podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },\n",
        '',
      ),
    ],
    'caution network all pods → namespace kube-system:53',
  ),
  // Every pod is still selected for egress by the policy that lets it ask the DNS.
  change('a default that closes one direction, where another policy closes the other', [
    edit(
      'constructs/platform/network.ts',
      "spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }",
      "spec: { podSelector: {}, policyTypes: ['Ingress'] }",
    ),
  ]),
  change(
    'a right more in the whole cluster',
    [
      edit(
        'constructs/prometheus/access.ts',
        "resources: ['nodes/metrics'], verbs: ['get']",
        "resources: ['nodes/metrics', 'nodes/proxy'], verbs: ['get']",
      ),
    ],
    'danger access ClusterRole/shop-*-prometheus',
  ),
  change('a right less in the whole cluster', [
    edit('constructs/prometheus/access.ts', "      { nonResourceURLs: ['/metrics'], verbs: ['get'] },\n", ''),
  ]),
  change(
    'another role of a binding',
    [
      edit(
        'constructs/prometheus/access.ts',
        "    metadata: { name, labels },\n    roleRef: { apiGroup: API, kind: 'ClusterRole', name },",
        "    metadata: { name, labels },\n    roleRef: { apiGroup: API, kind: 'ClusterRole', name: 'cluster-admin' },",
      ),
    ],
    'danger access ClusterRoleBinding/shop-*-prometheus',
    'caution replacements ClusterRoleBinding/shop-*-prometheus',
  ),
];
