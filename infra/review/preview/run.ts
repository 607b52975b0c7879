import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError, isConfigurationError } from '@groundwork/contract';
import { Command, Option } from 'commander';
import {
  FORGES,
  type Forge,
  json,
  makePreview,
  markdown,
  type Prices,
  page,
  SEVERITIES,
  type Severity,
} from './index.ts';
import { compareAllLive, type FindLive } from './live/all.ts';
import type { Preview } from './preview.ts';
import type { Programs } from './program.ts';
import { joinPulumi, type PulumiJoin } from './pulumi/index.ts';
import type { Snapshot } from './snapshot.ts';
import type { SourceLayout } from './source.ts';
import { formatSome } from './text.ts';
import { changesBetween, commitOf, mergeBase, snapshotOf, uncommitted, workingSnapshot } from './versions.ts';

export interface PreviewProgram {
  /** Root of the repository. */
  readonly root: string;
  readonly programs: Programs;
  /** Which of its files can be the cause of what. */
  readonly layout: SourceLayout;
  readonly prices: Prices;
  /** The cluster that an environment runs in. */
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
  /** Folder with what `pulumi preview` has written; true to ask the CLI. */
  readonly pulumi?: string | true;
}

/**
 * `npm run preview`: says what a change does to each environment, into `preview.md`, `preview.json` and `preview.html`.
 * Ends the process with 1 when it can't, and with 2 when `--fail-on` asks for it.
 */
export async function runPreview(program: PreviewProgram, argv: readonly string[]): Promise<void> {
  const cli = new Command('preview')
    .description('say what a change does to each environment; needs no cluster, except for --live')
    .option('--base <ref>', 'what it is compared with: where the head parted from this branch, tag or commit', 'main')
    .option('--head <ref>', 'version to look at; the working tree if left out')
    .option('--out <folder>', 'where preview.md, preview.json and preview.html go', 'dist')
    .addOption(new Option('--format <forge>', 'whose comment preview.md is to be').choices(FORGES).default('github'))
    .option(
      '--live [environments...]',
      'compare with what runs in their clusters, by dry runs that change nothing; all that can be reached if none is named',
    )
    .option(
      '--pulumi [folder]',
      'join with `pulumi preview` of each stack, or with what it wrote into <environment>.json of a folder',
    )
    .addOption(
      new Option('--fail-on <severity>', 'end with 2 if there is a finding of this severity or worse').choices(
        SEVERITIES,
      ),
    )
    .showHelpAfterError();
  try {
    const options = cli.parse([...argv], { from: 'user' }).opts<Options>();
    const preview = await previewOf(program, options);
    const comment = markdown(preview, { forge: options.format });
    await mkdir(options.out, { recursive: true });
    await Promise.all([
      writeFile(join(options.out, 'preview.md'), comment),
      writeFile(join(options.out, 'preview.json'), json(preview)),
      writeFile(join(options.out, 'preview.html'), page(preview)),
    ]);
    console.log(comment);
    const fatal = options.failOn === undefined ? [] : SEVERITIES.slice(0, SEVERITIES.indexOf(options.failOn) + 1);
    if (preview.findings.some(({ severity }) => fatal.includes(severity))) process.exitCode = 2;
  } catch (error) {
    if (!isConfigurationError(error)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

async function previewOf({ root, programs, layout, prices, live }: PreviewProgram, options: Options): Promise<Preview> {
  const { base: baseRef, head: headRef, live: wanted } = options;
  const named = wanted === true ? undefined : wanted;
  // A name that is none is told before anything takes its time.
  for (const name of named ?? []) await live(name);
  const head = headRef === undefined ? undefined : await commitOf(root, headRef);
  // It takes longest: everything else is done meanwhile.
  const making = head === undefined ? workingSnapshot(root, programs) : snapshotOf(root, head, programs);
  making.catch(() => {}); // told of below, unless the base is the first to fail
  const tip = await commitOf(root, baseRef);
  const parted = await mergeBase(root, tip, head ?? 'HEAD');
  const from = parted ?? tip;
  const remarks =
    parted === undefined
      ? [`${baseRef} and the head have no common ancestor: all that differs between them is shown, whoever changed it.`]
      : [];
  let before: Snapshot;
  try {
    before = await snapshotOf(root, from, programs);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    remarks.push(`The base can't be synthesized, so everything looks new: ${error.problem}`);
    before = { version: from.slice(0, 9), environments: {} };
  }
  if (before.contracts === undefined && Object.keys(before.environments).length > 0)
    remarks.push('The base is from before contracts were part of a preview: breaks between them are not looked for.');
  const places = await changesBetween(root, from, head);
  const after = await making;
  const source = { base: before, head: after };
  const joined = await joinOf(root, options, head, source);
  const compared = wanted === undefined ? undefined : await compareAllLive(live, named, source);
  return makePreview({
    time: new Date(),
    prices,
    ...source,
    ...compared,
    // What runs, or a base that made nothing, differs from the head by more than the commit.
    ...(compared === undefined && Object.keys(before.environments).length > 0 && { changed: { places, layout } }),
    findings: [...(compared?.findings ?? []), ...(joined?.findings ?? [])],
    remarks: [...remarks, ...(compared?.remarks ?? []), ...(joined?.remarks ?? [])],
    ...(joined && { stacks: joined.stacks }),
  });
}

/** What Pulumi says, where it is asked: of the head, so only where the working tree is it. */
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
      remarks: ['pulumi preview skipped: it runs the working tree, and the head is another commit.'],
      stacks: {},
    };
  const joined = await joinPulumi(root, pulumi === true ? undefined : pulumi, source);
  const dirty = pulumi === true && head !== undefined ? await uncommitted(root) : [];
  if (dirty.length === 0 || Object.keys(joined.stacks).length === 0) return joined;
  const remark = `pulumi preview ran the working tree, which holds what is not committed and so not part of the head: ${formatSome(dirty)}`;
  return { ...joined, remarks: [...joined.remarks, remark] };
}
