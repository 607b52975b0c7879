import type { Dev } from './dev.ts';

/** Runs a command in a new pod under Pod Security `restricted`, waits for its end, and returns its output. */
export async function podThat({ kubectl, namespace }: Dev, name: string, command: readonly string[]): Promise<string> {
  const catalog = await kubectl.get('deployment', 'catalog', namespace);
  const spec = catalog?.spec as { template: { spec: { containers: { image: string }[] } } } | undefined;
  const image = spec?.template.spec.containers[0]?.image;
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name,
          image,
          command,
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '64Mi' } },
        },
      ],
    },
  };
  await kubectl.run(['create', '-f', '-'], { input: JSON.stringify(pod) });
  try {
    await kubectl.run([
      'wait',
      `pod/${name}`,
      '--namespace',
      namespace,
      '--for=jsonpath={.status.phase}=Succeeded',
      '--timeout=60s',
    ]);
    return (await kubectl.run(['logs', name, '--namespace', namespace])).trim();
  } finally {
    await kubectl.run(['delete', 'pod', name, '--namespace', namespace, '--wait', '--grace-period=0']);
  }
}
