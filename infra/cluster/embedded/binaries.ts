import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Mistake } from '@groundwork/contract';
import { execa } from 'execa';
import { cacheRoot, contentHash } from '../../cache.ts';
import { elapsed, type Progress } from '../../progress.ts';

/** Version of Kubernetes that `kube/go.mod` names; stamped into the binary. */
export const KUBERNETES = 'v1.36.3';

/** Least version of Go that the modules compile with. */
export const GO = '1.26';

export const binaryNames = ['kube', 'cni-policy', 'coredns', 'metrics-server', 'local-path-provisioner', 'pause'] as const;
export type BinaryName = (typeof binaryNames)[number];

/** A binary, by where it is or will be. */
export type Binaries = Readonly<Record<BinaryName, string>>;

interface Recipe {
  /** Files and folders beside this file that the binary is made of. */
  readonly sources: readonly string[];
  /** Folder to compile in. */
  readonly folder: string;
  /** Command; `OUT` stands for the file to write. */
  readonly command: readonly string[];
  /** How long it takes from nothing, if that is long. */
  readonly patience?: string;
}

const stamps = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].map((where) => {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(KUBERNETES) as unknown as [string, string, string];
  return `-X ${where}.gitVersion=${KUBERNETES} -X ${where}.gitMajor=${major} -X ${where}.gitMinor=${minor} -X ${where}.gitTreeState=clean`;
});

function go(folder: string, what: string, sources: readonly string[] = [folder], patience?: string): Recipe {
  // -trimpath: the same bytes, and the same entries in Go's cache, from any clone. -v names each package as it is compiled.
  const command = ['nice', 'go', 'build', '-v', '-trimpath', '-buildvcs=false', '-ldflags', ['-s', '-w', ...stamps].join(' '), '-o', 'OUT', what];
  return { sources, folder, command, ...(patience === undefined ? {} : { patience }) };
}

const tool = ['tools/go.mod', 'tools/go.sum'];
const recipes: Readonly<Record<BinaryName, Recipe>> = {
  kube: go('kube', '.', ['kube'], '6–14 min the first time'),
  'cni-policy': go('cni-policy', '.'),
  'metrics-server': go('tools', 'sigs.k8s.io/metrics-server/cmd/metrics-server', tool, '1–3 min the first time'),
  coredns: go('tools', './coredns', [...tool, 'tools/coredns']),
  'local-path-provisioner': go('tools', 'github.com/rancher/local-path-provisioner', tool),
  pause: { sources: ['pause'], folder: 'pause', command: ['gcc', '-Os', '-static', '-s', '-o', 'OUT', 'pause.c'] },
};

/** Where each binary is kept: the folder is named after the content it is made of, so an edit makes another one. */
export async function locateBinaries(sources: string = import.meta.dirname, cache: string = cacheRoot()): Promise<Binaries> {
  const located = await Promise.all(
    binaryNames.map(async (name) => {
      const recipe = recipes[name];
      const contents = await Promise.all(recipe.sources.map((source) => contentsOf(join(sources, source))));
      return [name, join(cache, 'bin', contentHash(recipe.command.join('\0'), ...contents.flat()), name)];
    }),
  );
  return Object.fromEntries(located) as Binaries;
}

/** Those that are not made yet. */
export function missingBinaries(binaries: Binaries): readonly BinaryName[] {
  return binaryNames.filter((name) => !existsSync(binaries[name]));
}

/**
 * Makes the binaries that are not there yet. One that a killed run left half made is not among them.
 * @throws Mistake with the compiler's last words.
 */
export async function buildBinaries(binaries: Binaries, progress: Progress): Promise<void> {
  for (const name of missingBinaries(binaries)) {
    const { folder, command, patience } = recipes[name];
    const out = binaries[name];
    const partial = `${out}.${process.pid}.part`;
    await mkdir(dirname(out), { recursive: true });
    for (const left of await readdir(dirname(out))) await rm(join(dirname(out), left)); // by a run that was killed
    const [file, ...args] = command.map((word) => (word === 'OUT' ? partial : word)) as [string, ...string[]];
    const build = execa(file, args, { cwd: join(import.meta.dirname, folder), env: { CGO_ENABLED: '0' }, stdin: 'ignore', all: true, reject: false });
    let packages = 0;
    build.stderr?.on('data', (chunk: Buffer) => {
      packages += chunk.toString().split('\n').length - 1;
    });
    const { failed, all } = await elapsed(
      progress,
      `building ${name}${patience === undefined ? '' : ` (Go, ${patience})`}`,
      () => build,
      () => (packages > 0 ? `${packages} packages compiled` : ''),
    );
    if (failed) {
      await rm(partial, { force: true });
      throw new Mistake(
        `infra/cluster/embedded/${folder}`,
        `${name} can't be built:\n${all?.slice(-2000)}`,
        'see what the compiler says; Go modules come from the proxy that `go env GOPROXY` names',
      );
    }
    await rename(partial, out);
  }
}

/** Names and contents of a file, or of all files below a folder in a fixed order. */
async function contentsOf(path: string): Promise<readonly (string | Uint8Array)[]> {
  if (!(await stat(path)).isDirectory()) return [await readFile(path)];
  const names = (await readdir(path)).filter((name) => !name.endsWith('_test.go')).sort();
  const parts = await Promise.all(names.map(async (name) => [name, ...(await contentsOf(join(path, name)))]));
  return parts.flat();
}
