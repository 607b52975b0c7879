import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesize, toYaml } from '@groundwork/constructs';
import { runMain } from '../infra/tools/run-main.ts';
import { type Environment, environments } from './environments/index.ts';
import { enforcePolicy } from './policy.ts';
import { images, shop } from './shop.ts';
import { synthImages } from './synth-images.ts';

/** What the cdk8s CLI asks for, and where it looks for manifests afterwards. */
const OUTPUT = process.env.CDK8S_OUTDIR ?? 'dist';

/** Writes an environment to a folder of its own, one file a chart. Deploy-time secrets stay tokens: the files hold no secret. */
async function write(environment: Environment): Promise<void> {
  const app = shop(environment, await synthImages(environment, images));
  const { objects } = enforcePolicy(environment, synthesize(app));
  const folder = join(OUTPUT, environment.name);
  rmSync(folder, { recursive: true, force: true }); // a chart that left the code must not stay behind
  mkdirSync(folder, { recursive: true });
  for (const [chart, own] of Map.groupBy(objects, (object) => object.chart.replaceAll('/', '-')))
    writeFileSync(join(folder, `${chart}.yaml`), toYaml(own.map(({ manifest }) => manifest)));
}

await runMain(async () => {
  for (const environment of Object.values(environments)) await write(environment);
});
