import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError, isConfigurationError } from '@groundwork/contract';
import { Command, Option } from 'commander';
import { failedVersion } from './failure.ts';
import { SEVERITIES, type Severity } from './finding.ts';
import type { FindLive } from './live/all.ts';
import { migrationFindings } from './migrations/index.ts';
import type { Preview } from './preview.ts';
import type { Programs } from './program.ts';
import type { PulumiJoin } from './pulumi/index.ts';
import { FORGES, type Forge } from './render/escape.ts';
import { type FileLinks, filesOnForge } from './render/link.ts';
import type { Snapshot } from './snapshot.ts';
import type { SourceLayout } from './source.ts';
import { formatSome } from './text.ts';
import type { Prices } from './totals.ts';
import {
  changedFiles,
  changesBetween,
  commitOf,
  mergeBase,
  snapshotOf,
  uncommitted,
  workingSnapshot,
} from './versions.ts';

export interface PreviewProgram {
  /** Root of the repository. */
  readonly root: string;
  readonly programs: Programs;
  /** Which files can cause which findings. */
  readonly layout: SourceLayout;
  /** SQL that services run on their databases: a glob of files from the root of the repository. */
  readonly migrations: string;
  readonly prices: Prices;
  /** Finds the cluster of an environment. */
  readonly live: FindLive;
}

interface Options {
  readonly base: string;
  readonly head?: string;
  readonly out: string;
  readonly format: Forge;
  readonly failOn?: Severity;
  /** Names of environments; true for all. */
  readonly live?: readonly string[] | true;
  /** Folder with the output of `pulumi preview`; true to run the CLI. */
  readonly pulumi?: string | true;
}

/**
 * `npm run preview`: writes what a change does to each environment to `preview.md`, `preview.json` and `preview.html`,
 * also if a version can't be synthesized. The process exits with 1 on a configuration error, and with 2 when a finding
 * reaches the severity of `--fail-on`.
 */
export async function runPreview(program: PreviewProgram, argv: readonly string[]): Promise<void> {
  const cli = new Command('preview')
    .description('report what a change does to each environment; needs no cluster, except for --live')
    .option('--base <ref>', 'compare with the merge base of the head and this branch, tag or commit', 'main')
    .option('--head <ref>', 'commit to preview (default: the working tree)')
    .option('--out <folder>', 'output folder for preview.md, preview.json and preview.html', 'dist')
    .addOption(new Option('--format <forge>', 'forge that preview.md is written for').choices(FORGES).default('github'))
    .option(
      '--live [environments...]',
      'compare with the live clusters by server-side dry runs; all reachable environments if none is named',
    )
    .option(
      '--pulumi [folder]',
      'include `pulumi preview` of each stack, or its output in <environment>.json of a folder',
    )
    .addOption(
      new Option('--fail-on <severity>', 'exit with 2 on a finding of this severity or worse').choices(SEVERITIES),
    )
    .showHelpAfterError();
  try {
    const options = cli.parse([...argv], { from: 'user' }).opts<Options>();
    const preview = await previewOf(program, options);
    const [{ json }, { markdown }, { page }] = await loaded();
    const comment = markdown(preview, { forge: options.format });
    await mkdir(options.out, { recursive: true });
    await Promise.all([
      writeFile(join(options.out, 'preview.md'), comment),
      writeFile(join(options.out, 'preview.json'), json(preview)),
      writeFile(join(options.out, 'preview.html'), page(preview)),
    ]);
    console.log(comment);
    if (!preview.isComplete) process.exitCode = 1;
    const fatal = options.failOn === undefined ? [] : SEVERITIES.slice(0, SEVERITIES.indexOf(options.failOn) + 1);
    if (preview.findings.some(({ severity }) => fatal.includes(severity))) process.exitCode = 2;
  } catch (error) {
    if (!isConfigurationError(error)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** What compares and writes loads while the versions are synthesized, which takes longer. */
const loaded = () =>
  Promise.all([import('./preview.ts'), import('./render/markdown.ts'), import('./render/page.ts')] as const);

async function previewOf(program: PreviewProgram, options: Options): Promise<Preview> {
  const { root, programs, layout, migrations, prices, live } = program;
  const { base: baseRef, head: headRef, live: wanted } = options;
  const named = wanted === true ? undefined : wanted;
  // Reports an unknown name before the slow steps start.
  for (const name of named ?? []) await live(name);
  const head = headRef === undefined ? undefined : await commitOf(root, headRef);
  // The slowest step: everything else runs in parallel.
  const making = orFailed(
    head === undefined ? workingSnapshot(root, programs) : snapshotOf(root, head, programs),
    head?.slice(0, 9) ?? 'working tree',
  );
  making.catch(() => {}); // reported below, unless another step fails first
  const tip = await commitOf(root, baseRef);
  const parted = await mergeBase(root, tip, head ?? 'HEAD');
  const from = parted ?? tip;
  const remarks =
    parted === undefined
      ? [
          `${baseRef} and the head have no common ancestor: the preview shows all differences, including those of the base.`,
        ]
      : [];
  const [before, [{ makePreview }]] = await Promise.all([
    orFailed(snapshotOf(root, from, programs), from.slice(0, 9)),
    loaded(),
  ]);
  if (before.failed === undefined && before.contracts === undefined)
    remarks.push('The snapshot of the base has no contracts, so breaking changes of contracts are not checked.');
  const places = await changesBetween(root, from, head);
  const sql = await changedFiles(root, from, head, migrations);
  const after = await making;
  const source = { base: before, head: after };
  if (after.failed === undefined && after.settings === undefined)
    remarks.push(
      'The snapshot of the head has no settings, so protection of data, target clusters and the like are not compared.',
    );
  const links = await linksOf(root, from, head);
  const joined = await joinOf(root, options, head, source);
  const compared =
    wanted === undefined ? undefined : await (await import('./live/all.ts')).compareAllLive(live, named, source);
  return makePreview({
    time: new Date(),
    prices,
    ...source,
    ...compared,
    // Live objects differ from the head by more than the commit.
    ...(compared === undefined && { changed: { places, layout } }),
    findings: [
      ...(await migrationFindings(sql, Object.keys(after.environments))),
      ...(compared?.findings ?? []),
      ...(joined?.findings ?? []),
    ],
    remarks: [...remarks, ...(compared?.remarks ?? []), ...(joined?.remarks ?? [])],
    ...(joined && { stacks: joined.stacks }),
    ...(links && { links }),
  });
}

/** Where the forge of this job shows the files of both commits; nowhere those of a changed working tree. */
async function linksOf(root: string, base: string, head: string | undefined): Promise<FileLinks | undefined> {
  const files = filesOnForge(process.env);
  if (files === undefined) return undefined;
  const commit = head ?? ((await uncommitted(root)).length === 0 ? await commitOf(root, 'HEAD') : undefined);
  return { base: `${files}/${base}`, ...(commit !== undefined && { head: `${files}/${commit}` }) };
}

/** A version's snapshot, or one that says why it can't be synthesized. */
function orFailed(making: Promise<Snapshot>, version: string): Promise<Snapshot> {
  return making.catch((error: unknown) => {
    if (error instanceof ConfigurationError) return failedVersion(version, error);
    throw error;
  });
}

/** Pulumi's own preview, if requested. It runs the working tree, so only if the head is checked out. */
async function joinOf(
  root: string,
  { pulumi }: Options,
  head: string | undefined,
  source: { base: Snapshot; head: Snapshot },
): Promise<PulumiJoin | undefined> {
  if (pulumi === undefined) return undefined;
  const runs = pulumi === true && head !== undefined && (await commitOf(root, 'HEAD')) !== head;
  if (runs)
    return {
      findings: [],
      remarks: ['pulumi preview skipped: it runs the working tree, but the head is another commit.'],
      stacks: {},
    };
  const { joinPulumi } = await import('./pulumi/index.ts');
  const joined = await joinPulumi(root, pulumi === true ? undefined : pulumi, source);
  const dirty = pulumi === true && head !== undefined ? await uncommitted(root) : [];
  if (dirty.length === 0 || Object.keys(joined.stacks).length === 0) return joined;
  const remark = `pulumi preview ran the working tree, which has uncommitted changes that are not part of the head: ${formatSome(dirty)}`;
  return { ...joined, remarks: [...joined.remarks, remark] };
}
