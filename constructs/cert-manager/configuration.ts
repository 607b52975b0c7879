/** Ports of the programs: metrics, probes, and the webhook. */
export const CERT_MANAGER_PORTS = {
  metrics: 9402,
  controllerProbes: 9403,
  webhook: 10250,
  webhookProbes: 6080,
} as const;

/** Secret of the webhook's self-signed authority. */
const WEBHOOK_AUTHORITY = 'cert-manager-webhook-ca';

/** Enabled controllers: those for CA issuers. Those for ACME, Vault, Ingress and Gateway are disabled. */
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

/** The `--config` file of each program. JSON is YAML. */
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
      // The Secret is deleted with its Certificate, so that no unused key remains.
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

/** Annotation that selects the authority which cainjector writes into a webhook configuration. */
export function injectedFrom(namespace: string): Record<string, string> {
  return { 'cert-manager.io/inject-ca-from-secret': `${namespace}/${WEBHOOK_AUTHORITY}` };
}
