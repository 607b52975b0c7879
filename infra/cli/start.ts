import { ConfigurationError, Duration } from '@groundwork/contract';
import { withoutImages } from '../build/images/index.ts';
import {
  ApplyEngine,
  awaitRollout,
  type Changes,
  type Cluster,
  type ClusterDriver,
  type Deployment,
  type Engine,
  type EngineName,
} from '../deploy/index.ts';
import { type Phase, type Report, runPhases } from '../tools/phases.ts';
import { type Progress, table } from '../tools/progress.ts';
import { type ClusterImages, imagesFor, wantedImages } from './cluster-images.ts';
import { chooseCluster, chooseEngine } from './drivers.ts';
import { inChartsOf, partsOf } from './parts.ts';
import { environmentOf, namedImages, type Program } from './program.ts';
import { smoke } from './smoke.ts';

export interface StartOptions {
  readonly cluster?: string;
  readonly engine?: EngineName;
  /** Systems and services to bring up, with their dependencies. @default all */
  readonly only?: readonly string[];
}

/** Limit for all rollouts together; a first start with cold image caches is the slowest that succeeds. */
const TIMEOUT = Duration.minutes(5);

/**
 * Brings up the local environment, or updates it to match the code if it runs already: cluster, images, objects,
 * rollout, and a smoke check through the gateway. Safe to run again, also after a run that was killed.
 */
export async function start(program: Program, options: StartOptions): Promise<void> {
  const environment = environmentOf(program);
  const named = partsOf(program.compose(environment.name, namedImages), options.only);
  const state = {} as {
    driver: ClusterDriver;
    cluster: Cluster;
    engine: Engine;
    images: ClusterImages;
    deployment: Deployment;
  };
  const phases: Phase[] = [
    {
      title: 'Choose cluster and engine',
      run: async (progress) => {
        const { driver, why } = await chooseCluster({ wanted: options.cluster, context: environment.context });
        const engine = await chooseEngine(options.engine ?? (options.only && 'apply'), program, progress);
        if (options.only !== undefined && engine.engine.name === 'pulumi')
          throw new ConfigurationError({
            code: 'option-invalid',
            where: 'start --only',
            problem: 'Pulumi would delete the systems that are not named',
            fix: 'use `--engine apply`, or leave out --only',
          });
        Object.assign(state, { driver, engine: engine.engine });
        progress.say(`cluster: ${driver.name}, because ${why}`);
        progress.say(`engine: ${engine.engine.name}, because ${engine.why}`);
        return `${driver.name}, ${engine.engine.name}`;
      },
    },
    {
      title: 'Start the cluster',
      run: async (progress) => {
        state.cluster = await state.driver.up(progress);
        return state.cluster.context;
      },
    },
    {
      title: 'Build images',
      run: async (progress) => {
        const wanted = wantedImages(named, program.images);
        const thirdParty = [...program.addOns.flatMap(({ images }) => images), ...wanted.thirdParty];
        state.images = await imagesFor(state.cluster, { ...wanted, thirdParty }, program, environment, progress);
        return state.images.summary;
      },
    },
    {
      title: 'Load images',
      run: (progress) => state.cluster.loadImages(state.images.loadable, progress).then(() => undefined),
    },
    ...program.addOns.map(({ name, namespace, compose }) => ({
      title: `Deploy ${name}`,
      run: async (progress: Progress) => {
        const system = await compose(state.images, progress);
        const deployment: Deployment = { environment: name, namespace, cluster: state.cluster, system };
        // With either engine: an add-on belongs to the cluster, not to an environment's stack.
        const changes = await new ApplyEngine().deploy(deployment, progress);
        await awaitRollout(deployment, TIMEOUT, progress);
        return describe(changes);
      },
    })),
    {
      title: `Deploy ${environment.name}`,
      run: async (progress) => {
        const { images } = state;
        const system = withoutImages(
          inChartsOf(named, program.compose(environment.name, images)),
          images.unavailable.map((image) => images.thirdParty(image)),
        );
        const { name, namespace } = environment;
        state.deployment = {
          environment: name,
          namespace,
          cluster: state.cluster,
          system,
          partial: options.only !== undefined,
        };
        return describe(await state.engine.deploy(state.deployment, progress));
      },
    },
    {
      title: 'Wait for rollouts',
      run: (progress) => awaitRollout(state.deployment, TIMEOUT, progress).then(() => undefined),
    },
    {
      title: 'Smoke check through the gateway',
      run: async (progress) => {
        const { gatewayUrl } = state.cluster;
        if (options.only !== undefined) {
          progress.skipped('smoke check', `only ${options.only.join(', ')} was requested`);
          return 'skipped';
        }
        if (gatewayUrl !== undefined)
          return smoke(program.smoke, gatewayUrl, state.deployment, progress).then(() => undefined);
        progress.skipped(
          'smoke check',
          "this cluster does not forward the gateway's port to this machine; use its Ingress or LoadBalancer",
        );
        return 'skipped';
      },
    },
  ];
  summarize(await runPhases(phases), program.welcome(state.cluster.gatewayUrl ?? '<the gateway>'), state.cluster);
}

function describe({ created, configured, pruned, unchanged }: Changes): string {
  const parts = [
    [created.length, 'created'],
    [configured.length, 'changed'],
    [pruned.length, 'pruned'],
    [unchanged, 'unchanged'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, verb]) => `${count} ${verb}`)
    .join(', ');
}

function summarize({ times, notes, skipped }: Report, welcome: readonly string[], cluster: Cluster): void {
  const total = times.reduce((sum, { seconds }) => sum + seconds, 0);
  const rows = [...times, { title: 'all', seconds: total }].map(({ title, seconds }) => [title, seconds.toFixed(1)]);
  const lines = ['', ...notes, '', table([['phase', 'seconds'], ...rows]), ''];
  if (skipped.length > 0) lines.push('skipped:', ...skipped.map(({ what, why }) => `  ${what}: ${why}`), '');
  lines.push(...welcome, `kubectl: export KUBECONFIG=${cluster.kubeconfig}`);
  console.log(lines.join('\n'));
}
