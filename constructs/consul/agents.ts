import type { Construct } from 'constructs';
import type { DaemonSet } from 'kubernetes-types/apps/v1.d.ts';
import type { Toleration } from 'kubernetes-types/core/v1.d.ts';
import type { Identity } from '../identity/index.ts';
import { hardenedContainer, isolatedPod } from '../kubernetes/hardening.ts';
import { secretMounts } from '../kubernetes/mounts.ts';
import { checksum, labelsOf, object, selectorOf } from '../kubernetes/object.ts';
import { type Resources, requirements } from '../kubernetes/resources.ts';
import { commandEnv, nodeEnv } from './command.ts';
import { AGENT, CONFIG, DATA, GOSSIP_PORT, HTTPS_PORT, USER } from './constants.ts';
import { secretFiles } from './secrets.ts';
import { agentSettings, hostOf, type SettingsProps } from './settings.ts';
import { RUN, startScript } from './start-script.ts';

export interface AgentsProps extends SettingsProps {
  readonly system: string;
  readonly image: string;
  readonly identity: Identity;
  readonly resources: Resources;
  readonly tolerations: readonly Toleration[];
}

const CAUSE = 'consul.agents';

/** An agent on every node. Pods register with the agent of their node, so their registration ends with the node. */
export function makeAgents(scope: Construct, props: AgentsProps): void {
  const { system, namespace } = props;
  const labels = labelsOf(system, AGENT);
  const selector = selectorOf(system, AGENT);
  const metadata = { name: AGENT, namespace, labels };
  const settings = agentSettings(props);
  object(scope, 'config', CAUSE, 'ConfigMap', { metadata, data: { 'consul.json': settings } });
  object(scope, 'address', CAUSE, 'Service', {
    metadata,
    spec: {
      internalTrafficPolicy: 'Local',
      selector,
      ports: [{ name: 'https', port: HTTPS_PORT, targetPort: 'https' }],
    },
  });
  object(scope, 'pods', CAUSE, 'DaemonSet', {
    metadata,
    spec: {
      selector: { matchLabels: selector },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      template: {
        metadata: { labels, annotations: { 'groundwork/inputs': checksum(settings) } },
        spec: podSpec(props),
      },
    },
  });
}

function podSpec({
  image,
  identity,
  resources,
  namespace,
  tolerations,
}: AgentsProps): NonNullable<NonNullable<DaemonSet['spec']>['template']['spec']> {
  const mounts = secretMounts(AGENT, '', [...identity.files(), ...secretFiles('gossip', 'agent')]);
  return {
    ...isolatedPod(identity.account, USER),
    terminationGracePeriodSeconds: 30,
    ...(tolerations.length > 0 ? { tolerations: [...tolerations] } : {}),
    containers: [
      {
        name: 'consul',
        image,
        command: ['sh', '-euc', startScript({ agent: 'agent' })],
        env: [...nodeEnv('spec.nodeName'), ...commandEnv('127.0.0.1', hostOf(AGENT, namespace))],
        ports: [
          { name: 'https', containerPort: HTTPS_PORT },
          { name: 'gossip', containerPort: GOSSIP_PORT },
          { name: 'gossip-udp', containerPort: GOSSIP_PORT, protocol: 'UDP' },
        ],
        resources: requirements(resources),
        securityContext: hardenedContainer,
        terminationMessagePolicy: 'FallbackToLogsOnError',
        startupProbe: { tcpSocket: { port: 'https' }, periodSeconds: 2, failureThreshold: 150 },
        // Queries the servers through the agent; needs no token.
        readinessProbe: {
          exec: { command: ['consul', 'catalog', 'datacenters'] },
          periodSeconds: 15,
          timeoutSeconds: 8,
          failureThreshold: 3,
        },
        livenessProbe: { tcpSocket: { port: 'https' }, periodSeconds: 30, failureThreshold: 4 },
        volumeMounts: [
          { name: 'data', mountPath: DATA },
          { name: 'config', mountPath: CONFIG, readOnly: true },
          { name: 'run', mountPath: RUN },
          { name: 'tmp', mountPath: '/tmp' },
          ...mounts.volumeMounts,
        ],
      },
    ],
    volumes: [
      ...mounts.volumes,
      { name: 'config', configMap: { name: AGENT } },
      { name: 'data', emptyDir: { sizeLimit: '128Mi' } },
      { name: 'run', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
    ],
  };
}
