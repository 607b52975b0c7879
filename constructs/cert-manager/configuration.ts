/** Where the programs answer: metrics, probes, and the webhook to the API server. */
export const CERT_MANAGER_PORTS = {
  metrics: 9402,
  controllerProbes: 9403,
  webhook: 10250,
  webhookProbes: 6080,
} as const;

/** Secret in which the webhook keeps the authority that it makes for itself. */
const WEBHOOK_AUTHORITY = 'cert-manager-webhook-ca';

/** The controller's parts that certificates from authorities need; those for ACME, Vault, Ingress and Gateway stay off. */
const CONTROLLERS = [
  'issuers',
  'clusterissuers',
  'certificates-metrics',
  'certificates-trigger',
  'certificates-issuing',
  'certificates-key-manager',
  'certificates-request-manager',
  'certificates-readiness',
  'certificates-revision-manager',
  'certificaterequests-approver',
  'certificaterequests-issuer-ca',
  'certificaterequests-issuer-selfsigned',
];

/** Configuration of each program, as its `--config` file has it; JSON is YAML. */
export function configurationOf(
  namespace: string,
): Readonly<Record<'cert-manager' | 'cert-manager-webhook' | 'cert-manager-cainjector', object>> {
  const logging = { format: 'json' };
  const leaderElectionConfig = {
    enabled: true,
    namespace,
    leaseDuration: '60s',
    renewDeadline: '40s',
    retryPeriod: '5s',
  };
  return {
    'cert-manager': {
      apiVersion: 'controller.config.cert-manager.io/v1alpha1',
      kind: 'ControllerConfiguration',
      logging,
      leaderElectionConfig,
      clusterResourceNamespace: namespace,
      controllers: CONTROLLERS,
      metricsListenAddress: `0.0.0.0:${CERT_MANAGER_PORTS.metrics}`,
      healthzListenAddress: `0.0.0.0:${CERT_MANAGER_PORTS.controllerProbes}`,
      // A certificate that goes with its Certificate can't be left behind for somebody to find.
      enableCertificateOwnerRef: true,
    },
    'cert-manager-webhook': {
      apiVersion: 'webhook.config.cert-manager.io/v1alpha1',
      kind: 'WebhookConfiguration',
      logging,
      securePort: CERT_MANAGER_PORTS.webhook,
      healthzPort: CERT_MANAGER_PORTS.webhookProbes,
      metricsListenAddress: '0',
      tlsConfig: {
        minTLSVersion: 'VersionTLS13',
        dynamic: {
          secretNamespace: namespace,
          secretName: WEBHOOK_AUTHORITY,
          dnsNames: [`cert-manager-webhook.${namespace}.svc`],
        },
      },
    },
    'cert-manager-cainjector': {
      apiVersion: 'cainjector.config.cert-manager.io/v1alpha1',
      kind: 'CAInjectorConfiguration',
      logging,
      leaderElectionConfig,
      metricsListenAddress: '0',
      enableInjectableConfig: {
        validatingWebhookConfigurations: true,
        mutatingWebhookConfigurations: true,
        customResourceDefinitions: false,
        apiServices: false,
      },
    },
  };
}

/** By this annotation cainjector finds which authority to write into a webhook's configuration. */
export function injectedFrom(namespace: string): Record<string, string> {
  return { 'cert-manager.io/inject-ca-from-secret': `${namespace}/${WEBHOOK_AUTHORITY}` };
}
