import { ConfigurationError } from '@groundwork/contract';
import { execa } from 'execa';
import type { Progress } from '../tools/progress.ts';
import { ApplyEngine } from './apply.ts';
import type { Engine } from './engine.ts';
import { PulumiEngine } from './pulumi.ts';

export type EngineName = Engine['name'];

/**
 * Selects Pulumi if its CLI and the Kubernetes provider are installed, else `apply`.
 * @throws ConfigurationError if Pulumi was requested by name and is not available.
 */
export async function chooseEngine(
  wanted: EngineName | undefined,
  progress: Progress,
): Promise<{ readonly engine: Engine; readonly why: string }> {
  if (wanted === 'apply') return { engine: new ApplyEngine(), why: 'requested' };
  const missing = await pulumiLacks();
  if (missing === undefined)
    return {
      engine: new PulumiEngine(),
      why: wanted === 'pulumi' ? 'requested' : 'its CLI and Kubernetes provider are installed',
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

/** What is missing for Pulumi on this machine, or undefined. */
async function pulumiLacks(): Promise<string | undefined> {
  const { failed } = await execa('pulumi', ['version'], { reject: false, timeout: 10_000 });
  if (failed) return 'no `pulumi` CLI on PATH';
  const { stdout } = await execa('pulumi', ['plugin', 'ls', '--json'], { reject: false, timeout: 10_000 });
  const plugins: readonly { name: string; kind: string }[] = JSON.parse(stdout || '[]');
  return plugins.some(({ name, kind }) => name === 'kubernetes' && kind === 'resource')
    ? undefined
    : 'the Pulumi CLI has no Kubernetes provider';
}
