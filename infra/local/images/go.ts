import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { compile, goRecipe } from '../../tools/compile.ts';
import type { Progress } from '../../tools/progress.ts';
import { debianRoot, linkBusybox, makeFolder } from './debian.ts';
import type { Made } from './oci.ts';

const consulRecipe = goRecipe({
  name: 'consul',
  folder: join(import.meta.dirname, 'consul'),
  sources: [join(import.meta.dirname, 'consul')],
  what: 'github.com/hashicorp/consul',
  timeout: '4–8 min the first time',
});

/** Folder whose go.mod pins cert-manager: its programs are compiled there, and its definitions come from there. */
export const CERT_MANAGER = join(import.meta.dirname, 'cert-manager');

const certManagerRecipe = goRecipe({
  name: 'cert-manager',
  folder: CERT_MANAGER,
  sources: [CERT_MANAGER],
  what: '.',
  timeout: '3–6 min the first time',
});

/** Consul of its Go module, with a shell as the public image has one; its own user there has another number. */
export async function consul(work: string, progress: Progress): Promise<Made> {
  const folder = join(work, 'consul');
  const binary = await compile(consulRecipe, progress);
  await debianRoot(folder, ['libc6', 'ca-certificates', 'busybox']);
  await linkBusybox(folder);
  await copyFile(binary, join(folder, 'bin/consul'));
  for (const home of ['consul', 'consul/data', 'consul/config']) await makeFolder(folder, home, { owner: 1000 });
  const { stdout } = await execa(binary, ['version']);
  const config = {
    User: '1000:1000',
    Env: ['PATH=/bin:/usr/bin'],
    Entrypoint: ['/bin/consul'],
    ExposedPorts: { '8501/tcp': {} },
  };
  return { version: /v(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? '', layers: [{ folder, keepOwners: true }], config };
}

/** One of cert-manager's programs: the same binary in each image, started by the program's name. */
export function certManager(program: 'controller' | 'webhook' | 'cainjector') {
  return async (work: string, progress: Progress): Promise<Made> => {
    const folder = join(work, program);
    const binary = await compile(certManagerRecipe, progress);
    await debianRoot(folder, ['ca-certificates']);
    await makeFolder(folder, 'bin');
    await copyFile(binary, join(folder, 'bin/cert-manager'));
    const { stdout } = await execa('go', ['list', '-m', '-f', '{{.Version}}', 'github.com/cert-manager/cert-manager'], {
      cwd: CERT_MANAGER,
    });
    return {
      version: stdout.replace(/^v/, ''),
      layers: [{ folder, keepOwners: true }],
      config: { User: '1000:1000', Entrypoint: ['/bin/cert-manager', program] },
    };
  };
}
