import { withPortForward } from '../deploy/index.ts';
import { sendTestAlert } from '../operate/index.ts';
import { runPhases } from '../tools/phases.ts';
import { clusterOf } from './cluster-of.ts';
import type { Program } from './program.ts';

export interface AlertTestCommand {
  readonly environment: string;
  readonly severity: 'page' | 'ticket';
  readonly cluster?: string;
}

/** Sends a test alert through the Alertmanager of a running environment; prints its receivers and whether they got it. */
export async function alertTest(program: Program, { environment, severity, cluster }: AlertTestCommand): Promise<void> {
  const running = await clusterOf(program, environment, 'npm run alert:test › --environment', cluster);
  const { namespace } = running;
  const alertmanager = {
    target: 'pod/alertmanager-0',
    port: 9093,
    serverName: `alertmanager.${namespace}.svc.cluster.local`,
    identity: 'prometheus-identity', // which may send alerts
  };
  let said: readonly string[] = [];
  await runPhases([
    {
      title: `Send a test alert in ${namespace}`,
      run: async (progress) => {
        said = await withPortForward(running, alertmanager, (ask) =>
          sendTestAlert({ ask, environment, severity, progress }),
        );
        return undefined;
      },
    },
  ]);
  console.log(said.join('\n'));
}
