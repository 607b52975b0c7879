import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ManifestEntry, toYaml } from '@groundwork/constructs';
import { isConfigurationError } from '@groundwork/contract';
import { type Environment, environments } from './environments/index.ts';
import { enforcePolicy } from './policy.ts';
import { images, shop } from './shop.ts';
import { synthImages } from './synth-images.ts';

/** Output folder, where the cdk8s CLI expects the manifests. */
const OUTPUT = process.env.CDK8S_OUTDIR ?? 'dist';

/** Writes an environment to its folder, one file per chart. Deploy-time secrets stay tokens, so the files contain no secret. */
async function write(environment: Environment): Promise<void> {
  const entries = enforcePolicy(environment, shop(environment, await synthImages(environment, images)));
  const folder = join(OUTPUT, environment.name);
  rmSync(folder, { recursive: true, force: true }); // files of removed charts must not remain
  mkdirSync(folder, { recursive: true });
  for (const [chart, own] of byChart(entries)) {
    writeFileSync(join(folder, `${chart}.yaml`), toYaml(own.map(({ manifest }) => manifest)));
  }
}

function byChart(entries: readonly ManifestEntry[]): Map<string, ManifestEntry[]> {
  return Map.groupBy(entries, ({ chart }) => chart.replaceAll('/', '-'));
}

try {
  for (const environment of Object.values(environments)) await write(environment);
} catch (error) {
  if (!isConfigurationError(error)) throw error;
  console.error(error.message); // without a stack trace: the message has the place and the fix
  process.exitCode = 1;
}
