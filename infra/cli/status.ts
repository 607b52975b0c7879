import { textAt } from '@groundwork/contract';
import { Kubectl, type LiveObject, runsNewest, stuckContainer, workloadState } from '../deploy/index.ts';
import { table } from '../tools/progress.ts';
import { chooseCluster } from './drivers.ts';
import { memoryBySystem } from './memory.ts';
import { environmentOf, type Program } from './program.ts';

/** Prints the cluster, each workload with its pods, and whether the gateway answers. Exit code 1 if anything is unhealthy. */
export async function status(program: Program, options: { readonly cluster?: string }): Promise<void> {
  const environment = environmentOf(program);
  const { driver } = await chooseCluster({ wanted: options.cluster, context: environment.context });
  const cluster = await driver.find();
  if (cluster === undefined) {
    console.log(`cluster   ${driver.name}: not running; \`npm start\` starts it`);
    process.exitCode = 1;
    return;
  }
  console.log(`cluster   ${driver.name}, context ${cluster.context}; kubeconfig ${cluster.kubeconfig}`);
  const objects = await new Kubectl(cluster).list(
    environment.namespace,
    'deployments',
    'replicasets',
    'statefulsets',
    'daemonsets',
    'jobs',
    'pods',
  );
  const pods = objects.filter(({ kind }) => kind === 'Pod');
  const states = objects.flatMap((object) => workloadState(object) ?? []);
  if (states.length === 0) console.log(`${environment.namespace} is empty; \`npm start\` deploys it`);
  const trouble = (workload: LiveObject): string | undefined => {
    const stuck = pods
      .filter((pod) => runsNewest(workload, pod, objects))
      .flatMap((pod) => stuckContainer(pod) ?? [])[0];
    return stuck && `container ${stuck.container} of pod ${stuck.pod}: ${stuck.reason}`;
  };
  const rows = states.map(({ id, ready, wanted, phase, reason, object }) => [
    id,
    `${ready}/${wanted}`,
    phase,
    `${restarts(object, pods)}`,
    trouble(object) ?? reason,
  ]);
  if (rows.length > 0) console.log(table([['workload', 'ready', 'state', 'restarts', ''], ...rows]));
  for (const line of await memoryBySystem(cluster, environment.namespace, pods)) console.log(`\n${line}\n`);

  const gateway = cluster.gatewayUrl === undefined ? 'reached through the Ingress' : await answers(cluster.gatewayUrl);
  console.log(`gateway   ${cluster.gatewayUrl ?? ''} ${gateway}`);
  if (states.length === 0 || states.some(({ phase }) => phase !== 'ready')) process.exitCode = 1;
}

function restarts(workload: LiveObject, pods: readonly LiveObject[]): number {
  const selector = (workload.spec?.selector as { matchLabels?: Record<string, string> } | undefined)?.matchLabels ?? {};
  const own = pods.filter(({ metadata }) =>
    Object.entries(selector).every(([key, value]) => metadata.labels?.[key] === value),
  );
  const counts = own.flatMap(
    ({ status }) => (status as { containerStatuses?: { restartCount: number }[] } | undefined)?.containerStatuses ?? [],
  );
  return counts.reduce((sum, { restartCount }) => sum + restartCount, 0);
}

async function answers(url: string): Promise<string> {
  try {
    const reply = await fetch(new URL('/openapi.json', url), { signal: AbortSignal.timeout(2000) });
    return reply.ok ? 'answers' : `answers with ${reply.status}`;
  } catch (error) {
    return `does not answer: ${textAt(error, 'message')}`;
  }
}
