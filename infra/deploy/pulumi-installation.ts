import { execa } from 'execa';

/** A Pulumi CLI with its Kubernetes provider. */
export interface PulumiInstallation {
  /** Folder with `bin/pulumi`. @default the CLI on PATH */
  readonly root?: string;
  /** Folder with the plugins, as PULUMI_HOME. @default that of the shell */
  readonly home?: string;
  /** Version of the provider, if it is not the one that the bridge asks for. */
  readonly providerVersion?: string;
}

/** The installation that the shell has, or what it lacks. */
export async function installedPulumi(): Promise<PulumiInstallation | { readonly lacks: 'CLI' | 'provider' }> {
  const { failed } = await execa('pulumi', ['version'], { reject: false, timeout: 10_000 });
  if (failed) return { lacks: 'CLI' };
  const { stdout } = await execa('pulumi', ['plugin', 'ls', '--json'], { reject: false, timeout: 10_000 });
  const plugins: readonly { name: string; kind: string }[] = JSON.parse(stdout || '[]');
  return plugins.some(({ name, kind }) => name === 'kubernetes' && kind === 'resource') ? {} : { lacks: 'provider' };
}
