import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot } from '../../tools/cache.ts';
import { compile, goRecipe, locate, type Recipe } from '../../tools/compile.ts';
import type { Progress } from '../../tools/progress.ts';

/** Version of Kubernetes in `kube/go.mod`; stamped into the binary. */
export const KUBERNETES = 'v1.36.3';

/** Minimum version of Go for the modules. */
export const GO = '1.26';

export const binaryNames = [
  'kube',
  'cni-policy',
  'coredns',
  'metrics-server',
  'local-path-provisioner',
  'pause',
] as const;
export type BinaryName = (typeof binaryNames)[number];

/** Path of each binary, existing or not. */
export type Binaries = Readonly<Record<BinaryName, string>>;

const stamps = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].map((where) => {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(KUBERNETES) as unknown as [string, string, string];
  return `-X ${where}.gitVersion=${KUBERNETES} -X ${where}.gitMajor=${major} -X ${where}.gitMinor=${minor} -X ${where}.gitTreeState=clean`;
});
const tool = ['tools/go.mod', 'tools/go.sum'];

/** @param root folder of the sources */
function recipeOf(name: BinaryName, root: string): Recipe {
  const go = (folder: string, what: string, sources: readonly string[] = [folder], timeout?: string): Recipe =>
    goRecipe({
      name,
      folder: join(root, folder),
      sources: sources.map((source) => join(root, source)),
      what,
      stamps,
      ...(timeout === undefined ? {} : { timeout }),
    });
  switch (name) {
    case 'kube':
      return go('kube', '.', ['kube'], '6–14 min the first time');
    case 'cni-policy':
      return go('cni-policy', '.');
    case 'metrics-server':
      return go('tools', 'sigs.k8s.io/metrics-server/cmd/metrics-server', tool, '1–3 min the first time');
    case 'coredns':
      return go('tools', './coredns', [...tool, 'tools/coredns']);
    case 'local-path-provisioner':
      return go('tools', 'github.com/rancher/local-path-provisioner', tool);
    case 'pause':
      return {
        name,
        folder: join(root, 'pause'),
        sources: [join(root, 'pause')],
        command: ['gcc', '-Os', '-static', '-s', '-o', 'OUT', 'pause.c'],
      };
  }
}

/** Computes the path of each binary in the cache. */
export async function locateBinaries(
  sources: string = import.meta.dirname,
  cache: string = cacheRoot(),
): Promise<Binaries> {
  const located = await Promise.all(
    binaryNames.map(async (name) => [name, await locate(recipeOf(name, sources), cache)]),
  );
  return Object.fromEntries(located) as Binaries;
}

/** The binaries that are not built yet. */
export function missingBinaries(binaries: Binaries): readonly BinaryName[] {
  return binaryNames.filter((name) => !existsSync(binaries[name]));
}

/**
 * Builds the missing binaries.
 * @throws ConfigurationError with the end of the compiler's output.
 */
export async function buildBinaries(binaries: Binaries, progress: Progress): Promise<void> {
  for (const name of missingBinaries(binaries))
    await compile(recipeOf(name, import.meta.dirname), progress, binaries[name]);
}
