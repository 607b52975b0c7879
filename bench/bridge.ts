import { synthesize } from '@groundwork/constructs';
import { deploymentPlan } from '@groundwork/pulumi';
import { ApiObject } from 'cdk8s';
import { table } from '../infra/tools/progress.ts';
import { growthExponent, shortest } from './fit.ts';
import { systemApp, systemGraph } from './system.ts';

/** The time a resource of the bridge and of the system that it takes, less what cdk8s takes to render the same objects. */
export function benchBridge(): string {
  const points = [10, 100, 300, 1_000].map((services) => {
    const app = systemApp(systemGraph(services));
    const planned = deploymentPlan(synthesize(app)).objects.length;
    const bridge = shortest(3, () => deploymentPlan(synthesize(app)));
    const cdk8s = shortest(3, () => {
      for (const construct of app.node.findAll()) if (ApiObject.isApiObject(construct)) construct.toJson();
    });
    return { size: planned, bridge, cdk8s, own: (bridge - cdk8s) / planned };
  });
  const rows = points.map(({ size, bridge, cdk8s, own }) => [
    `${size}`,
    bridge.toFixed(0),
    cdk8s.toFixed(0),
    own.toFixed(3),
  ]);
  const exponent = growthExponent(points.map(({ size, bridge }) => ({ size, time: bridge }))).toFixed(2);
  return table([
    ['resources', 'bridge ms', 'of which cdk8s ms', 'bridge ms per resource'],
    ...rows,
    ['exponent', exponent, '', ''],
  ]);
}
