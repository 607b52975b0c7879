import { isIncomparable } from './failure.ts';
import type { Detail, Finding } from './finding.ts';
import { compareSnapshots, sorted } from './findings.ts';
import { type GraphChange, graphChange } from './graph.ts';
import { masked, maskedText } from './mask.ts';
import { grouped } from './merged.ts';
import type { ObjectChange } from './objects.ts';
import type { StackCounts } from './pulumi/index.ts';
import type { FileLinks } from './render/link.ts';
import type { EnvironmentChange } from './rules/rule.ts';
import type { Snapshot } from './snapshot.ts';
import { type ChangedPlace, certainCause, inBase, type SourceLayout } from './source.ts';
import { monthly, type Prices, type Totals, totalsOf } from './totals.ts';

/** The preview that a reviewer sees, before it is rendered. */
export interface Preview {
  readonly base: string;
  readonly head: string;
  /** When it was created, in UTC. */
  readonly time: Date;
  /** Limitations that a reader must know, such as a base that can't be synthesized. */
  readonly remarks: readonly string[];
  readonly findings: readonly Finding[];
  readonly environments: readonly EnvironmentPreview[];
  /** Whether both versions of every environment could be synthesized, and so compared. */
  readonly isComplete: boolean;
  /** Differences between the contracts' graphs; undefined if there are none, or a snapshot has no contracts. */
  readonly graph: GraphChange | undefined;
  /** Number of objects by Pulumi operation, by environment. @default Pulumi was not asked */
  readonly stacks?: Readonly<Record<string, StackCounts>>;
  /** @default lines are not linked */
  readonly links?: FileLinks;
}

interface Cost {
  readonly before: number;
  readonly after: number;
}

/** Differences in an environment, without the objects themselves. */
export interface EnvironmentPreview {
  readonly name: string;
  /** Whether both versions could be synthesized; otherwise it has no changes, only a finding. */
  readonly isCompared: boolean;
  readonly totals: { readonly before: Totals; readonly after: Totals };
  /** Monthly, where prices are known; `most` with each autoscaler at its maximum. */
  readonly cost: (Cost & { readonly most: Cost; readonly currency: string }) | undefined;
  readonly changes: readonly Pick<ObjectChange, 'id' | 'action' | 'why' | 'fields'>[];
}

export interface PreviewInput {
  readonly base: Snapshot;
  readonly head: Snapshot;
  readonly time: Date;
  /**
   * Changed places, and which files can cause which findings. @default none: findings name the calls that created their
   * objects
   */
  readonly changed?: { readonly places: readonly ChangedPlace[]; readonly layout: SourceLayout };
  /** @default none: no cost is shown */
  readonly prices?: Prices;
  /** @default none */
  readonly remarks?: readonly string[];
  /** Findings from other sources, such as objects that a cluster rejects. @default none */
  readonly findings?: readonly Finding[];
  /** @default Pulumi was not asked */
  readonly stacks?: Readonly<Record<string, StackCounts>>;
  /** @default lines are not linked */
  readonly links?: FileLinks;
}

/** Compares two versions and hides everything that looks like a secret. Pure. */
export function makePreview({
  base,
  head,
  time,
  changed,
  prices,
  remarks = [],
  findings: more = [],
  stacks,
  links,
}: PreviewInput): Preview {
  const { environments, findings } = compareSnapshots(base, head);
  const names = environments.map(({ name }) => name);
  const sourced = findings.map((finding) => {
    const { rule, source } = finding;
    // An error names its own place.
    if (changed === undefined || rule === 'synthesis') return finding;
    const place = certainCause(finding, changed.places, names, changed.layout);
    return {
      ...finding,
      ...(source !== undefined && { source: inBase(source, changed.places) }),
      ...(place !== undefined && { changed: place }),
    };
  });
  const preview = {
    base: base.version,
    head: head.version,
    time,
    remarks,
    findings: grouped(sorted([...sourced, ...more])),
    ...(links && { links }),
    environments: environments.map((environment) => ({
      ...shown(environment, prices),
      isCompared: !isIncomparable(environment.name, base, head),
    })),
    isComplete: [base, head].every(({ failed = [] }) => failed.length === 0),
    ...(stacks && { stacks }),
    graph:
      base.contracts === undefined || head.contracts === undefined
        ? undefined
        : graphChange(base.contracts, head.contracts),
  };
  // Hidden here, so that no format shows what another hides.
  return {
    ...preview,
    remarks: remarks.map(maskedText),
    findings: preview.findings.map(maskedFinding),
    environments: preview.environments.map((environment) => ({
      ...environment,
      changes: environment.changes.map((change) => ({ ...change, fields: change.fields.map(maskedDetail) })),
    })),
  };
}

/** The sentences of a finding are ours; its values are not. */
function maskedFinding({ what, details, ...finding }: Finding): Finding {
  const shown = Object.entries(details ?? {}).map(([name, detail]) => [name, maskedDetail(detail)]);
  return {
    ...maskedDetail(finding),
    what: maskedText(what),
    ...(details && { details: Object.fromEntries(shown) }),
  };
}

function maskedDetail<T extends Detail>(detail: T): T {
  return {
    ...detail,
    ...('before' in detail && { before: masked(detail.before) }),
    ...('after' in detail && { after: masked(detail.after) }),
    ...(detail.note !== undefined && { note: maskedText(detail.note) }),
  };
}

function shown(
  { name, changes, before, after }: EnvironmentChange,
  prices: Prices | undefined,
): Omit<EnvironmentPreview, 'isCompared'> {
  const totals = { before: totalsOf(before), after: totalsOf(after) };
  const cost = prices && {
    before: monthly(totals.before, prices),
    after: monthly(totals.after, prices),
    most: { before: monthly(totals.before.most, prices), after: monthly(totals.after.most, prices) },
    currency: prices.currency,
  };
  return { name, totals, cost, changes: changes.map(({ id, action, why, fields }) => ({ id, action, why, fields })) };
}

/** The preview as JSON. */
export function json(preview: Preview): string {
  return `${JSON.stringify(preview, null, 2)}\n`;
}
