import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize, toYaml } from '@groundwork/constructs';
import { EmbeddedCluster } from '@groundwork/local';
import { execa } from 'execa';
import { json, makePreview, markdown, page } from '../infra/review/preview/index.ts';
import { objectsOf, type Snapshot, type SnapshotObject } from '../infra/review/preview/snapshot.ts';
import { table } from '../infra/tools/progress.ts';
import { edits } from '../test/support/shop-edits.ts';
import { asItIs, snapshotOf } from '../test/support/shop-versions.ts';
import { growthExponent, shortest } from './fit.ts';
import { systemApp, systemGraph } from './system.ts';

const ENVIRONMENTS = ['dev', 'staging', 'production'];
/** Objects of each environment. */
const SIZES = [300, 1_000, 5_000];
const root = join(import.meta.dirname, '..');

/** Time of a preview by phase, its growth with size, and the number of lines that a reviewer reads. */
export async function benchPreview(): Promise<string> {
  return [parts(), await command(), await lines()].join('\n\n');
}

/** The head is synthesized and compared with a base that is kept, for a release of all images at once: every pod rolls. */
function parts(): string {
  const perService =
    (synthesize(systemApp(systemGraph(20))).objects.length - synthesize(systemApp(systemGraph(10))).objects.length) /
    10;
  const points = SIZES.map((size) => {
    const graph = systemGraph(Math.max(1, Math.round(size / perService)));
    const of = (version: string): Snapshot => ({
      version,
      environments: Object.fromEntries(
        ENVIRONMENTS.map((name) => [name, objectsOf(systemApp(graph, version), { root, libraries: ['constructs'] })]),
      ),
      contracts: graph.contracts,
    });
    const [base, head] = [of('1'), of('2')];
    const time = new Date(0);
    const preview = makePreview({ base, head, time });
    const runs = size > 2_000 ? 2 : 4;
    const synth = shortest(runs, () => of('2'));
    const compare = shortest(runs, () => makePreview({ base, head, time }));
    const write = shortest(runs, () => [markdown(preview), json(preview), page(preview)]);
    return { size: base.environments.dev?.length ?? 0, synth, compare, write, time: synth + compare + write };
  });
  const exponent = (key: 'synth' | 'compare' | 'write' | 'time') =>
    growthExponent(points.map((point) => ({ size: point.size, time: point[key] }))).toFixed(2);
  const rows = points.map(({ size, synth, compare, write, time }) => [
    `3 × ${size}`,
    ...[synth, compare, write, time].map((each) => each.toFixed(0)),
  ]);
  return table([
    ['objects', 'synth of the head ms', 'compare ms', 'write three formats ms', 'together ms'],
    ...rows,
    ['exponent', exponent('synth'), exponent('compare'), exponent('write'), exponent('time')],
  ]);
}

/** The command on the shop: the first run, and later ones with a cached base. */
async function command(): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), 'groundwork-bench-'));
  const seconds: number[] = [];
  try {
    for (let run = 0; run < 3; run++) {
      const started = performance.now();
      await execa(process.execPath, ['groundwork.mjs', 'preview', '--base', 'HEAD', '--out', out], {
        cwd: root,
      });
      seconds.push((performance.now() - started) / 1000);
    }
  } finally {
    await rm(out, { recursive: true });
  }
  const [first = 0, ...cached] = seconds;
  return table([
    ['npm run preview on the shop', 'seconds'],
    ['first run on a commit', first.toFixed(2)],
    ['base cached', Math.min(...cached).toFixed(2)],
  ]);
}

/** Number of lines for some edits of the shop: of the preview unfolded and in all, of `diff -u`, of `kubectl diff`. */
async function lines(): Promise<string> {
  const sample = edits.filter(({ expected }) => expected.length > 0).filter((_, index) => index % 2 === 0);
  const base = snapshotOf(asItIs);
  const cluster = await new EmbeddedCluster().find();
  const liveDiff =
    cluster && (async (snapshot: Snapshot) => kubectlDiff(cluster.kubectl, snapshot.environments.dev ?? []));
  // Differences between the cluster and the base are not part of the change.
  const noise = await liveDiff?.(base);
  const rows: { readonly name: string; readonly figures: readonly number[] }[] = [];
  for (const { name, make } of sample) {
    const head = snapshotOf(make(asItIs));
    const text = markdown(makePreview({ base, head, time: new Date(0) }));
    const above = text.replace(/<details>[\s\S]*<\/details>/g, '').replace(/```mermaid[\s\S]*?```/g, '');
    const live = liveDiff === undefined ? [] : [Math.max(0, (await liveDiff(head)) - (noise ?? 0))];
    rows.push({ name, figures: [count(above), count(text), await diff(base, head), ...live] });
  }
  const sums = (rows[0]?.figures ?? []).map((_, column) =>
    rows.reduce((sum, { figures }) => sum + (figures[column] ?? 0), 0),
  );
  const header = ['lines of', 'preview, unfolded', 'preview, all', 'diff -u of the YAML'];
  const all = [...rows, { name: 'all of these', figures: sums }];
  const skipped = liveDiff === undefined ? '\nkubectl diff is skipped: no cluster is running (npm start)' : '';
  return `${table([
    [...header, ...(liveDiff === undefined ? [] : ['kubectl diff, dev only'])],
    ...all.map(({ name, figures }) => [name, ...figures.map(String)]),
  ])}${skipped}`;
}

function count(text: string): number {
  return text.split('\n').filter((line) => line.trim() !== '').length;
}

async function diff(base: Snapshot, head: Snapshot): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'groundwork-bench-'));
  try {
    let sum = 0;
    for (const name of ENVIRONMENTS) {
      for (const [file, { environments }] of Object.entries({ base, head }))
        await writeFile(join(folder, file), yaml(environments[name] ?? []));
      sum += count((await execa('diff', ['-u', 'base', 'head'], { cwd: folder, reject: false })).stdout);
    }
    return sum;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Lines of `kubectl diff`, without Secrets: their values are deploy-time secrets. */
async function kubectlDiff(
  [kubectl, ...first]: readonly string[],
  entries: readonly SnapshotObject[],
): Promise<number> {
  const input = yaml(entries.filter(({ manifest }) => manifest.kind !== 'Secret'));
  const { stdout } = await execa(
    kubectl as string,
    [...first, 'diff', '--server-side', '--force-conflicts', '-f', '-'],
    { input, reject: false },
  );
  return count(stdout);
}

function yaml(entries: readonly SnapshotObject[]): string {
  return toYaml(entries.map(({ manifest }) => manifest));
}
