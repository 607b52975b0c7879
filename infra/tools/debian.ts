import { existsSync } from 'node:fs';
import { ConfigurationError, textAt } from '@groundwork/contract';
import { execa } from 'execa';
import { elapsed, type Progress } from './progress.ts';
import { until } from './wait.ts';

/**
 * Installs the missing ones of these Debian packages. Fast when all are installed.
 * @throws ConfigurationError if there is no apt, or it can't install one, with its error output.
 */
export async function ensureDebianPackages(names: readonly string[], progress: Progress): Promise<void> {
  const missing = await missingPackages(names);
  if (missing.length === 0) return;
  const where = `Debian packages ${missing.join(', ')}`;
  if (!existsSync('/usr/bin/apt-get'))
    throw new ConfigurationError({
      code: 'package-unavailable',
      where,
      problem: 'they are missing, and this machine has no apt-get',
      fix: 'use Debian 12, or a cluster of another kind: `--cluster kind`',
    });
  // Another apt may be running, such as an unattended upgrade. apt waits for dpkg's lock, but not for that of its lists.
  const apt = async (...args: string[]) => {
    let failure: Error | undefined;
    const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, stdin: 'ignore', all: true, reject: false } as const;
    const unlocked = async () => {
      const result = await execa('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], options);
      failure = result instanceof Error ? result : undefined;
      return !result.all.includes('/var/lib/apt/lists/lock');
    };
    await until(unlocked, 300_000, 1_000);
    if (failure !== undefined) throw failure;
  };
  try {
    await elapsed(progress, `installing ${missing.join(', ')}`, async () => {
      await apt('update');
      await apt('install', '--yes', '--no-install-recommends', ...missing);
    });
  } catch (error) {
    throw new ConfigurationError({
      code: 'package-unavailable',
      where,
      problem: `apt-get can't install them:\n${textAt(error, 'all')?.slice(-1500) ?? error}`,
      fix: 'check that its package sources are reachable: `apt-get update`',
    });
  }
}

async function missingPackages(names: readonly string[]): Promise<readonly string[]> {
  // Fails for an unknown name, and still lists the others.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own format
  const { stdout } = await execa('dpkg-query', ['-Wf', '${db:Status-Status} ${Package}\n', ...names], {
    reject: false,
  });
  const installed = new Set((stdout ?? '').split('\n'));
  return names.filter((name) => !installed.has(`installed ${name}`));
}
