import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Manifest, toYaml } from '@groundwork/constructs';
import { execa } from 'execa';
import { cacheRoot, contentHash } from '../../infra/cache.ts';
import type { ScannerFinding } from './scanner.ts';

const KUBE_SCORE = 'github.com/zegl/kube-score/cmd/kube-score@v1.20.0';

/** Grade of what is as it should be; below are a warning and worse. */
const PERFECT = 10;

interface Scored {
  readonly object_meta: { readonly name: string };
  readonly type_meta: { readonly kind: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    readonly grade: number;
    readonly skipped: boolean;
    readonly comments: readonly { readonly summary: string }[] | null;
  }[];
}

/** Asks kube-score, with all its checks but those that are off unless asked for. A finding is `check: what it says`. */
export async function kubeScore(environment: string, manifests: readonly Manifest[]): Promise<readonly ScannerFinding[]> {
  const { stdout, stderr } = await execa(await binary(), ['score', '--kubernetes-version', 'v1.36', '--output-format', 'json', '-'], {
    input: toYaml(manifests),
    reject: false, // it fails when it finds something
  });
  if (stdout === '') throw new Error(`kube-score said nothing: ${stderr}`);
  return (JSON.parse(stdout) as Scored[]).flatMap(({ object_meta: { name }, type_meta: { kind }, checks }) =>
    checks
      .filter(({ grade, skipped }) => grade < PERFECT && !skipped)
      .flatMap(({ check: { id }, comments }) =>
        (comments ?? []).map(({ summary }) => ({ check: `${id}: ${summary}`, environment, object: `${kind}/${name}` })),
      ),
  );
}

/** Built from its Go module on first use: half a minute, then never again. */
async function binary(): Promise<string> {
  const folder = join(cacheRoot(), 'bin', contentHash(KUBE_SCORE));
  const file = join(folder, 'kube-score');
  if (existsSync(file)) return file;
  const making = `${folder}.${process.pid}`;
  await mkdir(making, { recursive: true });
  await execa('go', ['install', KUBE_SCORE], { cwd: making, env: { GOBIN: making, CGO_ENABLED: '0' } });
  // Two test runs may make it at once: the first to end wins, the other takes its result.
  await rename(making, folder).catch(() => rm(making, { recursive: true, force: true }));
  return file;
}
