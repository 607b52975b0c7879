import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Settings of the whole kernel that the kubelet sets, and we the last one. */
const SYSCTLS = [
  'vm.overcommit_memory',
  'vm.panic_on_oom',
  'kernel.panic',
  'kernel.panic_on_oops',
  'kernel.keys.root_maxkeys',
  'kernel.keys.root_maxbytes',
  'fs.inotify.max_user_instances',
] as const;

/** The kernel's default, 128, is too low for a dozen pods that watch files. */
const INOTIFY_INSTANCES = 1024;

/** Outside any cluster's folder, since clusters share the kernel: the first one to start saves the settings, the last one to stop restores them. */
const NOTED = '/run/groundwork.sysctls';

const sysctlFile = (name: string): string => join('/proc/sys', name.replaceAll('.', '/'));

/** Saves the kernel's settings before the first cluster changes them, and raises the one that is too low. */
export async function prepareSysctls(): Promise<void> {
  if (!existsSync(NOTED)) {
    const values = await Promise.all(
      SYSCTLS.map(async (name) => [name, (await readFile(sysctlFile(name), 'utf8')).trim()] as const),
    );
    await writeFile(`${NOTED}.new`, values.map(([name, value]) => `${name} = ${value}\n`).join(''));
    await rename(`${NOTED}.new`, NOTED);
  }
  await writeFile(sysctlFile('fs.inotify.max_user_instances'), `${INOTIFY_INSTANCES}`);
}

/** Restores the kernel's settings, unless another cluster still runs. Returns whether it did. */
export async function restoreSysctls(): Promise<boolean> {
  if (
    !existsSync(NOTED) ||
    (await hierarchies()).some(({ children }) => children.some((name) => name.startsWith('groundwork-')))
  )
    return false;
  for (const line of (await readFile(NOTED, 'utf8')).split('\n')) {
    const [name, value] = line.split(/\s*=\s*/);
    if (name && value) await writeFile(sysctlFile(name), value);
  }
  await rm(NOTED);
  return true;
}

/** Creates the cluster's cgroup in every hierarchy, as the kubelet requires. */
export async function makeCgroups(cgroup: string): Promise<void> {
  for (const { folder } of await hierarchies()) {
    const own = join(folder, cgroup);
    await mkdir(own, { recursive: true });
    for (const file of ['cpuset.cpus', 'cpuset.mems']) {
      // A new cpuset of cgroup v1 is empty, and nothing can run in it.
      if (existsSync(join(folder, file)) && existsSync(join(own, file)))
        await writeFile(join(own, file), await readFile(join(folder, file)));
    }
  }
}

/** Removes the cluster's cgroups, after its processes have ended. Returns how many hierarchies had one. */
export async function removeCgroups(cgroup: string): Promise<number> {
  let removed = 0;
  for (const { folder } of await hierarchies()) {
    const own = join(folder, cgroup);
    if (!existsSync(own)) continue;
    removed += 1;
    for (let tries = 0; existsSync(own) && tries < 100; tries += 1) {
      await removeTree(own).catch(() => sleep(50)); // the kernel may need a moment for the last process
    }
  }
  return removed;
}

async function removeTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  await rmdir(folder);
}

async function hierarchies(): Promise<readonly { readonly folder: string; readonly children: readonly string[] }[]> {
  const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  const folders = mounts
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, folder]) => folder as string);
  return Promise.all(folders.map(async (folder) => ({ folder, children: await readdir(folder) })));
}
