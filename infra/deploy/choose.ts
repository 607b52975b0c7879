import { ConfigurationError } from '@groundwork/contract';
import type { Progress } from '../tools/progress.ts';
import { ApplyEngine } from './apply.ts';
import type { Engine } from './engine.ts';
import { PulumiEngine } from './pulumi.ts';
import { installedPulumi, type PulumiInstallation } from './pulumi-installation.ts';
import type { PulumiProgram } from './stack.ts';

export type EngineName = Engine['name'];

/** What the Pulumi engine runs, and how it is had where it is not installed. */
export interface PulumiSource {
  readonly program: PulumiProgram;
  /** Builds the CLI and the provider, which takes minutes the first time. */
  readonly build: (progress: Progress) => Promise<PulumiInstallation>;
}

/**
 * Selects Pulumi if its CLI and the Kubernetes provider are installed, else `apply`, as a build of Pulumi takes minutes.
 * @throws ConfigurationError if Pulumi was requested by name and is not available.
 */
export async function chooseEngine(
  wanted: EngineName | undefined,
  { program, build }: PulumiSource,
  progress: Progress,
): Promise<{ readonly engine: Engine; readonly why: string }> {
  if (wanted === 'apply') return { engine: new ApplyEngine(), why: 'requested' };
  const found = await installedPulumi();
  if (!('lacks' in found))
    return {
      engine: new PulumiEngine(program, found),
      why: wanted === 'pulumi' ? 'requested' : 'its CLI and Kubernetes provider are installed',
    };
  if (wanted === 'pulumi' && found.lacks === 'CLI')
    return { engine: new PulumiEngine(program, await build(progress)), why: 'requested; built from its Go modules' };
  const problem = {
    CLI: 'no `pulumi` CLI on PATH',
    provider: 'the Pulumi CLI has no Kubernetes provider',
  }[found.lacks];
  const install = 'run `pulumi plugin install resource kubernetes`';
  if (wanted === 'pulumi')
    throw new ConfigurationError({
      code: 'engine-unavailable',
      where: '--engine pulumi',
      problem,
      fix: `${install}, or leave --engine out`,
    });
  const fix = { CLI: '`--engine pulumi` builds it, in minutes the first time', provider: `${install} to use it` };
  progress.skipped('Pulumi', `${problem}; ${fix[found.lacks]}`);
  return { engine: new ApplyEngine(), why: problem };
}
