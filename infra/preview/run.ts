import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Mistake } from '@groundwork/contract';
import { Command, Option } from 'commander';
import { FORGES, type Forge, json, makePreview, markdown, type Prices, page, SEVERITIES, type Severity } from './index.ts';
import { compareLive, type LiveEnvironment } from './live/index.ts';
import type { Preview } from './preview.ts';
import type { Snapshot } from './snapshot.ts';
import { changedLines } from './source.ts';
import { commitOf, mergeBase, patchBetween, snapshotOf, workingSnapshot } from './versions.ts';

export interface PreviewProgram {
  /** Root of the repository. */
  readonly root: string;
  readonly prices: Prices;
  /** The cluster that an environment runs in. @throws Mistake when there is none, or none of that name */
  readonly live: (environment: string) => Promise<LiveEnvironment>;
}

interface Options {
  readonly base: string;
  readonly head?: string;
  readonly out: string;
  readonly format: Forge;
  readonly failOn?: Severity;
  /** Name of an environment; true for the first. */
  readonly live?: string | true;
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
    .option('--live [environment]', 'compare with what runs in its cluster, by dry runs that change nothing; dev if none is named')
    .addOption(new Option('--fail-on <severity>', 'end with 2 if there is a finding of this severity or worse').choices(SEVERITIES))
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
    if (
      options.failOn !== undefined &&
      preview.findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(options.failOn as Severity))
    ) {
      process.exitCode = 2;
    }
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

async function previewOf({ root, prices, live }: PreviewProgram, { base: baseRef, head: headRef, live: wanted }: Options): Promise<Preview> {
  const cluster = wanted === undefined ? undefined : await live(wanted === true ? 'dev' : wanted);
  const head = headRef === undefined ? undefined : await commitOf(root, headRef);
  // It takes longest: everything else is done meanwhile.
  const making = head === undefined ? workingSnapshot(root) : snapshotOf(root, head);
  making.catch(() => {}); // told of below, unless the base is the first to fail
  const tip = await commitOf(root, baseRef);
  const parted = await mergeBase(root, tip, head ?? 'HEAD');
  const from = parted ?? tip;
  const remarks = parted === undefined ? [`${baseRef} and the head have no common ancestor: all that differs between them is shown, whoever changed it.`] : [];
  let old: Snapshot;
  try {
    old = await snapshotOf(root, from);
  } catch (error) {
    if (!(error instanceof Mistake)) throw error;
    remarks.push(`The base can't be synthesized, so everything looks new: ${error.what}`);
    old = { version: from.slice(0, 9), environments: {} };
  }
  if (old.contracts === undefined && Object.keys(old.environments).length > 0)
    remarks.push('The base is from before contracts were part of a preview: breaks between them are not looked for.');
  const lines = changedLines(await patchBetween(root, from, head));
  const young = await making;
  const input = { time: new Date(), lines, prices };
  if (cluster === undefined) return makePreview({ ...input, base: old, head: young, remarks });
  const { remarks: more, ...compared } = await compareLive(cluster, { base: old, head: young });
  return makePreview({ ...input, ...compared, remarks: [...remarks, ...more] });
}
