import type { Finding } from './finding.ts';
import { compareSnapshots, sorted } from './findings.ts';
import { type GraphChange, graphChange } from './graph.ts';
import { masked } from './mask.ts';
import type { ObjectChange } from './objects.ts';
import type { StackCounts } from './pulumi/index.ts';
import type { EnvironmentChange } from './rules/rule.ts';
import type { Snapshot } from './snapshot.ts';
import { type ChangedPlace, certainCause, type SourceLayout } from './source.ts';
import { monthly, type Prices, type Totals, totalsOf } from './totals.ts';

/** All that a reviewer gets to see, before it is put into a format. */
export interface Preview {
  readonly base: string;
  readonly head: string;
  /** When it was made, in UTC. */
  readonly time: Date;
  /** What a reader has to know of how it came about, such as a base that doesn't build. */
  readonly remarks: readonly string[];
  readonly findings: readonly Finding[];
  readonly environments: readonly EnvironmentPreview[];
  /** What differs between the contracts' graphs; undefined when nothing does, or a version doesn't say its contracts. */
  readonly graph: GraphChange | undefined;
  /** What Pulumi would do with how many objects, by environment. @default its stacks were not looked at */
  readonly stacks?: Readonly<Record<string, StackCounts>>;
}

/** What differs in an environment, without the objects themselves. */
export interface EnvironmentPreview {
  readonly name: string;
  readonly totals: { readonly before: Totals; readonly after: Totals };
  /** Monthly, where prices are known. */
  readonly cost: { readonly before: number; readonly after: number; readonly currency: string } | undefined;
  readonly changes: readonly Pick<ObjectChange, 'id' | 'action' | 'why' | 'fields'>[];
}

export interface PreviewInput {
  readonly base: Snapshot;
  readonly head: Snapshot;
  readonly time: Date;
  /** What the commit changes, and which files can be the cause of what. @default none: findings name the calls that made their objects */
  readonly changed?: { readonly places: readonly ChangedPlace[]; readonly layout: SourceLayout };
  /** @default none: no cost is shown */
  readonly prices?: Prices;
  /** @default none */
  readonly remarks?: readonly string[];
  /** What the two versions can't tell, such as what a cluster refuses. @default none */
  readonly findings?: readonly Finding[];
  /** @default Pulumi's stacks were not looked at */
  readonly stacks?: Readonly<Record<string, StackCounts>>;
}

/** Puts a preview together, without what looks like a secret. Pure. */
export function makePreview({
  base,
  head,
  time,
  changed,
  prices,
  remarks = [],
  findings: more = [],
  stacks,
}: PreviewInput): Preview {
  const { environments, findings } = compareSnapshots(base, head);
  const names = environments.map(({ name }) => name);
  const sourced = findings.map((finding) => {
    const source = changed && certainCause(finding, changed.places, names, changed.layout);
    return source === undefined ? finding : { ...finding, source };
  });
  const preview = {
    base: base.version,
    head: head.version,
    time,
    remarks,
    findings: sorted([...sourced, ...more]),
    environments: environments.map((environment) => shown(environment, prices)),
    ...(stacks && { stacks }),
    graph:
      base.contracts === undefined || head.contracts === undefined
        ? undefined
        : graphChange(base.contracts, head.contracts),
  };
  // Here, so that no format shows what another hides.
  return {
    ...preview,
    remarks: masked(remarks),
    findings: masked(preview.findings),
    environments: masked(preview.environments),
    graph: masked(preview.graph),
  };
}

function shown({ name, changes, before, after }: EnvironmentChange, prices: Prices | undefined): EnvironmentPreview {
  const totals = { before: totalsOf(before), after: totalsOf(after) };
  const cost = prices && {
    before: monthly(totals.before, prices),
    after: monthly(totals.after, prices),
    currency: prices.currency,
  };
  return { name, totals, cost, changes: changes.map(({ id, action, why, fields }) => ({ id, action, why, fields })) };
}

/** The preview for programs. */
export function json(preview: Preview): string {
  return `${JSON.stringify(preview, null, 2)}\n`;
}
