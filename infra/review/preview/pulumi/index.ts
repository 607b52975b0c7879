import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@groundwork/contract';
import type { Finding } from '../finding.ts';
import { merged } from '../merged.ts';
import type { Snapshot } from '../snapshot.ts';
import { askPulumi, type Looked } from './cli.ts';
import { readDigest } from './digest.ts';
import { joinStack, type StackCounts } from './join.ts';

export type { StackCounts } from './join.ts';

/** What Pulumi's previews add to the preview of the sources. */
export interface PulumiJoin {
  readonly findings: readonly Finding[];
  readonly remarks: readonly string[];
  /** By environment, for stacks with a plan. */
  readonly stacks: Readonly<Record<string, StackCounts>>;
}

/**
 * Joins a preview with `pulumi preview --json --show-sames` of each environment's stack, which knows what is deployed.
 * A stack without a plan is left out, with a remark.
 * @param from folder with the output in `<environment>.json` files; undefined to run the CLI in `root`
 */
export async function joinPulumi(
  root: string,
  from: string | undefined,
  { base, head }: { base: Snapshot; head: Snapshot },
): Promise<PulumiJoin> {
  const names = Object.keys(head.environments);
  const looked = from === undefined ? await askPulumi(root, names) : await readFolder(from, names);
  const [findings, remarks, stacks]: [Finding[], string[], Record<string, StackCounts>] = [[], [], {}];
  for (const [name, plan] of looked) {
    if ('lacks' in plan) {
      remarks.push(`pulumi preview of stack ${name} skipped: ${plan.lacks}.`);
      continue;
    }
    const joined = joinStack(name, plan, { base: base.environments[name], head: head.environments[name] ?? [] });
    findings.push(...joined.findings);
    remarks.push(...joined.remarks);
    stacks[name] = joined.counts;
  }
  return { findings: merged(findings), remarks, stacks };
}

async function readFolder(folder: string, names: readonly string[]): Promise<ReadonlyMap<string, Looked>> {
  const looked = new Map<string, Looked>();
  for (const name of names) {
    const file = join(folder, `${name}.json`);
    const text = await readFile(file, 'utf8').catch(() => undefined);
    looked.set(name, text === undefined ? { lacks: `${file} does not exist` } : readable(text, file));
  }
  return looked;
}

/** A failed stack doesn't prevent reading the others. */
function readable(text: string, file: string): Looked {
  try {
    return readDigest(text, file);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { lacks: `${file}: ${error.problem}` };
  }
}
