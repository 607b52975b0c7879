import { ConfigurationError, dnsLabel, throwIfAny } from '@groundwork/contract';
import { Construct } from 'constructs';
import type { Probe } from 'kubernetes-types/core/v1.d.ts';
import type { NetworkPolicyIngressRule } from 'kubernetes-types/networking/v1.d.ts';
import { hardenedContainer, hardenedPod } from '../kubernetes/hardening.ts';
import { validateImages } from '../kubernetes/images.ts';
import type { Manifest } from '../kubernetes/manifest.ts';
import { type ApiServer, egressToApiServer, networkPolicy } from '../kubernetes/network-policy.ts';
import {
  type CustomResource,
  checksum,
  customResource,
  disruptionBudget,
  labelsOf,
  object,
  selectorOf,
} from '../kubernetes/object.ts';
import { type Resources, requirements, validateResource } from '../kubernetes/resources.ts';
import { spreadOfUpdates } from '../kubernetes/spread.ts';
import { Cpu, Size } from '../kubernetes/units.ts';
import { validateInteger } from '../kubernetes/validate.ts';
import { makeNamespace } from '../platform/namespace.ts';
import { denyAllTraffic } from '../platform/network.ts';
import { makeAdmission } from './admission.ts';
import { CERT_MANAGER_PORTS, configurationOf } from './configuration.ts';
import { grant } from './rights.ts';

const SYSTEM = 'cert-manager';

/** Props of `CertManager`. */
export interface CertManagerProps {
  /** Images of its three programs, all of the same version. */
  readonly images: { readonly controller: string; readonly webhook: string; readonly cainjector: string };
  /** CustomResourceDefinitions of the same version, as published; constructs do not read files. */
  readonly definitions: readonly Manifest[];
  /** Pods of each program, from 1 to 5. Two or more survive the loss of a node; without certificates new pods do not start. @default 2 */
  readonly replicas?: number;
  /** CPU and memory of each pod. @default 20m and 96Mi */
  readonly resources?: Resources;
  /** Namespace of all objects. @default 'cert-manager' */
  readonly namespace?: string;
  /** Address of the API server. @default private networks (RFC 1918), ports 443 and 6443 */
  readonly apiServer?: ApiServer;
}

/**
 * cert-manager for the whole cluster, in a separate isolated namespace and independent of environments. It issues from
 * CA issuers and ClusterIssuers; controllers for external services (ACME, Vault) are disabled and have no permissions.
 * Omit it in a cluster that already has cert-manager.
 * @throws ConfigurationError (or `ConfigurationErrors`) for props out of range, or missing definitions
 */
export class CertManager extends Construct {
  /** Namespace of its objects. */
  public readonly namespace: string;

  public constructor(scope: Construct, id: string, props: CertManagerProps) {
    super(scope, id);
    const { images, definitions = [], replicas = 2, namespace = SYSTEM, apiServer } = props;
    const { resources = { cpu: Cpu.millis(20), memory: Size.mebibytes(96) } } = props;
    dnsLabel(namespace, 'cert-manager › namespace', 63);
    throwIfAny([
      ...validateImages('cert-manager › images', {
        controller: images?.controller,
        webhook: images?.webhook,
        cainjector: images?.cainjector,
      }),
      ...validateResource('cert-manager › resources', resources),
      ...faults(replicas, definitions),
    ]);
    this.namespace = namespace;
    const pods = 3 * (replicas + 1);
    const quota = {
      cpu: Cpu.units(2),
      memory: Size.mebibytes(pods * resources.memory.toMebibytes()),
      storage: Size.gibibytes(1),
      pods,
    };
    makeNamespace(this, { name: namespace, system: SYSTEM, quota, containerDefaults: resources });
    denyAllTraffic(this, namespace, SYSTEM);
    for (const definition of definitions)
      customResource(
        this,
        definition.metadata.name,
        'cert-manager.definitions',
        definition as unknown as CustomResource,
      );

    const metrics = { protocol: 'TCP', port: CERT_MANAGER_PORTS.metrics };
    // The collectors are in other namespaces; the metrics contain names of certificates, but no secrets.
    const collectors = {
      from: [{ namespaceSelector: {}, podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } } }],
      ports: [metrics],
    };
    // The API server is not a pod, and its address differs between clusters; TLS authenticates it.
    const callers = { ports: [{ protocol: 'TCP', port: CERT_MANAGER_PORTS.webhook }] };
    const shared = { namespace, replicas, resources, apiServer };
    const live = (port: number, path: string): Probe => ({ httpGet: { port, path }, timeoutSeconds: 5 });
    this.#run({
      ...shared,
      name: 'cert-manager',
      image: images.controller,
      port: metrics.port,
      ingress: collectors,
      live: live(CERT_MANAGER_PORTS.controllerProbes, '/livez'),
    });
    this.#run({
      ...shared,
      name: 'cert-manager-webhook',
      image: images.webhook,
      port: CERT_MANAGER_PORTS.webhook,
      ingress: callers,
      live: live(CERT_MANAGER_PORTS.webhookProbes, '/livez'),
      ready: live(CERT_MANAGER_PORTS.webhookProbes, '/healthz'),
    });
    this.#run({ ...shared, name: 'cert-manager-cainjector', image: images.cainjector });
    makeAdmission(this, namespace);
  }

  #run(program: Program): void {
    const { name, namespace, image, replicas, resources, port, ingress, live, ready, apiServer } = program;
    const scope = new Construct(this, name);
    const origin = 'cert-manager';
    const labels = labelsOf(SYSTEM, name);
    const selector = selectorOf(SYSTEM, name);
    const metadata = { name, namespace, labels };
    const config = JSON.stringify(configurationOf(namespace)[name], null, 2);
    object(scope, 'account', origin, 'ServiceAccount', { metadata, automountServiceAccountToken: false });
    grant(scope, name, namespace, labels);
    object(scope, 'config', origin, 'ConfigMap', { metadata, data: { 'config.yaml': `${config}\n` } });
    networkPolicy(scope, 'network', origin, {
      metadata,
      selector,
      egress: [egressToApiServer(apiServer)],
      ...(ingress && { ingress: [ingress] }),
    });
    if (port !== undefined) {
      const service =
        name === 'cert-manager-webhook'
          ? { name: 'https', port: 443, targetPort: port }
          : { name: 'metrics', port, targetPort: port };
      object(scope, 'address', origin, 'Service', { metadata, spec: { selector, ports: [service] } });
    }
    if (replicas > 1) disruptionBudget(scope, origin, metadata, selector);
    object(scope, 'pods', origin, 'Deployment', {
      metadata,
      spec: {
        replicas,
        selector: { matchLabels: selector },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: {
          metadata: { labels, annotations: { 'groundwork/inputs': checksum(config) } },
          spec: {
            serviceAccountName: name,
            automountServiceAccountToken: true, // it is a client of the API server
            enableServiceLinks: false,
            securityContext: hardenedPod(1000),
            topologySpreadConstraints: spreadOfUpdates({ zones: 'ignored' }, selector),
            containers: [
              {
                name,
                image,
                args: ['--config=/config/config.yaml'],
                resources: requirements(resources),
                securityContext: hardenedContainer,
                ...(port === undefined
                  ? {}
                  : { ports: [{ name: name === 'cert-manager-webhook' ? 'https' : 'metrics', containerPort: port }] }),
                ...(live === undefined ? {} : { livenessProbe: { ...live, periodSeconds: 10, failureThreshold: 6 } }),
                ...(ready === undefined ? {} : { readinessProbe: { ...ready, periodSeconds: 2, failureThreshold: 3 } }),
                volumeMounts: [{ name: 'config', mountPath: '/config', readOnly: true }],
              },
            ],
            volumes: [{ name: 'config', configMap: { name } }],
          },
        },
      },
    });
  }
}

interface Program {
  readonly name: 'cert-manager' | 'cert-manager-webhook' | 'cert-manager-cainjector';
  readonly namespace: string;
  readonly image: string;
  readonly replicas: number;
  readonly resources: Resources;
  readonly apiServer: ApiServer | undefined;
  /** Port that the program serves on, if any. */
  readonly port?: number;
  readonly ingress?: NetworkPolicyIngressRule;
  readonly live?: Probe;
  readonly ready?: Probe;
}

function faults(replicas: number, definitions: readonly Manifest[]): ConfigurationError[] {
  const found: ConfigurationError[] = [];
  found.push(
    ...validateInteger(
      'cert-manager › replicas',
      replicas,
      [1, 5],
      'omit it for 2; one of them leads, the others are on standby',
    ),
  );
  const kinds = new Set(
    definitions.map(({ spec }) => (spec as { names?: { kind?: string } } | undefined)?.names?.kind),
  );
  const missing = ['Certificate', 'CertificateRequest', 'Issuer', 'ClusterIssuer'].filter((kind) => !kinds.has(kind));
  if (missing.length > 0) {
    found.push(
      new ConfigurationError({
        code: 'definition-missing',
        where: 'cert-manager › definitions',
        problem: `definitions are missing for ${missing.join(', ')}`,
        fix: 'pass all CustomResourceDefinitions of this version of cert-manager',
      }),
    );
  }
  return found;
}
