import { type Manifest, synthesize, toYaml } from '@groundwork/constructs';
import { ApiObject, type ApiObjectProps, App, Chart } from 'cdk8s';
import { table } from '../infra/tools/progress.ts';
import { growthExponent, shortest } from './fit.ts';
import { systemApp, systemGraph } from './system.ts';

const SIZES = [100, 1_000, 3_000, 10_000];

/**
 * Synth of a system compared with bare cdk8s for the same objects. Groundwork's time includes the validation of the graph,
 * the constructs and the origins; bare cdk8s starts from finished manifests.
 */
export function benchSynth(): string {
  const perService =
    (synthesize(systemApp(systemGraph(20))).objects.length - synthesize(systemApp(systemGraph(10))).objects.length) /
    10;
  const points = SIZES.map((size) => {
    const services = Math.max(1, Math.round(size / perService));
    const graph = systemGraph(services);
    const manifests = synthesize(systemApp(graph)).objects.map(({ manifest }) => manifest);
    const runs = size > 2_000 ? 2 : 5;
    const ours = shortest(runs, () =>
      toYaml(synthesize(systemApp(systemGraph(services))).objects.map(({ manifest }) => manifest)),
    );
    const bare = shortest(runs, () => bareApp(manifests).synthYaml());
    return { size: manifests.length, services, ours, bare };
  });
  const rows = points.map(({ size, services, ours, bare }) => [
    `${size}`,
    `${services}`,
    ours.toFixed(0),
    bare.toFixed(0),
    (ours / bare).toFixed(2),
  ]);
  const [ours, bare] = (['ours', 'bare'] as const).map((key) =>
    growthExponent(points.map((point) => ({ size: point.size, time: point[key] }))).toFixed(2),
  );
  return table([
    ['objects', 'services', 'groundwork ms', 'bare cdk8s ms', 'ratio'],
    ...rows,
    ['exponent', '', ours ?? '', bare ?? '', ''],
  ]);
}

/** One chart without dependencies: the minimum work for cdk8s. */
function bareApp(manifests: readonly Manifest[]): App {
  const app = new App();
  const chart = new Chart(app, 'chart');
  for (const [index, manifest] of manifests.entries())
    new ApiObject(chart, `object-${index}`, manifest as unknown as ApiObjectProps);
  return app;
}
