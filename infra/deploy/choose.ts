import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import type { Progress } from '../tools/progress.ts';
import { ApplyEngine } from './apply.ts';
import type { Engine } from './engine.ts';
import { PulumiEngine } from './pulumi.ts';

export type EngineName = Engine['name'];

/**
 * Pulumi where its CLI and the Kubernetes provider are at hand, else `apply`.
 * @throws ConfigurationError when Pulumi was asked for by name and can't be used.
 */
export async function chooseEngine(
  wanted: EngineName | undefined,
  progress: Progress,
): Promise<{ readonly engine: Engine; readonly why: string }> {
  if (wanted === 'apply') return { engine: new ApplyEngine(), why: 'it was asked for' };
  const missing = await pulumiLacks();
  if (missing === undefined)
    return {
      engine: new PulumiEngine(),
      why: wanted === 'pulumi' ? 'it was asked for' : 'its CLI and Kubernetes provider are here',
    };
  const fix = 'install the Pulumi CLI and run `pulumi plugin install resource kubernetes`';
  if (wanted === 'pulumi')
    throw new ConfigurationError({
      code: 'engine-unavailable',
      where: '--engine pulumi',
      problem: missing,
      fix: `${fix}, or leave --engine out`,
    });
  progress.skipped('Pulumi', `${missing}; ${fix} to use it`);
  return { engine: new ApplyEngine(), why: missing };
}

/** What Pulumi needs and this machine lacks, or undefined. */
async function pulumiLacks(): Promise<string | undefined> {
  const { failed } = await execa('pulumi', ['version'], { reject: false, timeout: 10_000 });
  if (failed) return 'no `pulumi` CLI on PATH';
  const { stdout } = await execa('pulumi', ['plugin', 'ls', '--json'], { reject: false, timeout: 10_000 });
  const plugins = JSON.parse(stdout || '[]') as { name: string; kind: string }[];
  return plugins.some(({ name, kind }) => name === 'kubernetes' && kind === 'resource')
    ? undefined
    : 'the Pulumi CLI has no Kubernetes provider';
}
