import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveDeployTimeSecrets, synthesize, toYaml } from '@groundwork/constructs';
import { runMain } from '../infra/tools/run-main.ts';
import { type Environment, environments } from './environments/index.ts';
import { enforcePolicy } from './policy.ts';
import { images, shop } from './shop.ts';
import { synthImages } from './synth-images.ts';

/** Output folder, where the cdk8s CLI expects the manifests. */
const OUTPUT = process.env.CDK8S_OUTDIR ?? 'dist';

/**
 * Writes an environment to its folder, one file per chart. Keys of deploy-time secrets are left out: a token in their place
 * would be a known password, once the files are applied.
 */
async function write(environment: Environment): Promise<void> {
  const app = shop(environment, await synthImages(environment, images));
  const { objects } = enforcePolicy(environment, synthesize(app));
  const folder = join(OUTPUT, environment.name);
  rmSync(folder, { recursive: true, force: true }); // files of removed charts must not remain
  mkdirSync(folder, { recursive: true });
  for (const [chart, own] of Map.groupBy(objects, (object) => object.chart.replaceAll('/', '-')))
    writeFileSync(
      join(folder, `${chart}.yaml`),
      toYaml(own.map(({ manifest }) => resolveDeployTimeSecrets(manifest, () => undefined))),
    );
}

await runMain(async () => {
  for (const environment of Object.values(environments)) await write(environment);
});
