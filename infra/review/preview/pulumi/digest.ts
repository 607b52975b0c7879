import type { Manifest } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { identityOf } from '../objects.ts';

/** What Pulumi would do with a resource. */
export type Operation = 'create' | 'update' | 'replace' | 'delete' | 'same';

/** What Pulumi would do with one object of the stack. */
export interface PlannedStep {
  /** As `identityOf` has it. */
  readonly identity: string;
  readonly kind: string;
  readonly name: string;
  readonly operation: Operation;
  /** As the last deploy sent it; undefined for what the stack doesn't have yet. Values of secrets are not in it. */
  readonly deployed: Manifest | undefined;
  /** Fields for which it is replaced. */
  readonly reasons: readonly string[];
  /** Pulumi refuses to delete it. */
  readonly isProtected: boolean;
  /** Deleting it takes it out of the stack and leaves it in the cluster. */
  readonly isRetained: boolean;
  /** The provider or the API server would not take it. */
  readonly isRefused: boolean;
}

/** What `pulumi preview` says of a stack's Kubernetes objects. */
export interface StackPlan {
  readonly steps: readonly PlannedStep[];
  /** Whether every object of the stack is among the steps: not if the preview broke off, or was made without `--show-sames`. */
  readonly isWhole: boolean;
}

interface State {
  readonly type?: string;
  readonly inputs?: Manifest;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
}

interface Step {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: State;
  readonly newState?: State;
  readonly replaceReasons?: readonly string[] | null;
}

interface Digest {
  readonly steps?: readonly Step[] | null;
  readonly diagnostics?:
    | readonly { readonly urn?: string; readonly message?: string; readonly severity?: string }[]
    | null;
  readonly changeSummary?: Readonly<Record<string, number>>;
}

/** Kinds of Pulumi's Kubernetes provider, such as `kubernetes:apps/v1:Deployment`. */
const OBJECT = /^kubernetes:(?!helm\.|kustomize|yaml)/;

/** Ends every preview that had an error, and belongs to none of its resources. */
const ENDED = 'error: preview failed';

/**
 * Reads what `pulumi preview --json --show-sames` printed. Messages are left out: they may quote anything.
 * @param where for the mistake, such as the file
 * @throws ConfigurationError for anything else, and for a stack whose program failed: what it planned until then says nothing
 */
export function readDigest(text: string, where: string): StackPlan {
  const { steps: all, diagnostics, changeSummary = {} } = parsed(text, where);
  const errors = (diagnostics ?? []).filter(({ severity }) => severity === 'error');
  if (errors.some(({ urn, message }) => urn === undefined && message?.trim() !== ENDED))
    throw new ConfigurationError({
      code: 'pulumi-failed',
      where,
      problem: "the stack's program failed",
      fix: 'run `pulumi preview` by hand to see why: what it printed may hold secrets, so it is not shown',
    });
  const failed = new Set(errors.map(({ urn }) => urn));
  const steps = [...Map.groupBy(all ?? [], ({ urn }) => urn)].flatMap(([urn, same]) => stepOf(same, failed.has(urn)));
  const refused = [...failed]
    .filter((urn) => urn !== undefined && !(all ?? []).some((step) => step.urn === urn))
    .flatMap((urn) => refusedStep(urn as string));
  const seesAll = (all ?? []).filter(({ op }) => op === 'same').length >= (changeSummary.same ?? 0);
  return {
    steps: [...steps, ...refused],
    isWhole: seesAll && refused.length === 0 && steps.every(({ isRefused }) => !isRefused),
  };
}

function parsed(text: string, where: string): Digest {
  try {
    const read: Digest | null = JSON.parse(text);
    if (Array.isArray(read?.steps)) return read;
  } catch {}
  throw new ConfigurationError({
    code: 'file-invalid',
    where,
    problem: 'it is no preview of a stack',
    fix: 'write it with `pulumi preview --json --show-sames`',
  });
}

/** A replacement is one step or three, by how it is shown: of the new one, of the old one, and of both. */
function stepOf(same: readonly Step[], hasError: boolean): PlannedStep[] {
  const before = same.find(({ oldState }) => oldState?.inputs !== undefined)?.oldState;
  const after = same.find(({ newState }) => newState?.inputs !== undefined)?.newState;
  const object = after?.inputs ?? before?.inputs;
  if (object === undefined || !OBJECT.test((after ?? before)?.type ?? '')) return [];
  const isProtected = before?.protect === true;
  const operation = operationOf(new Set(same.map(({ op }) => op)));
  return [
    {
      identity: identityOf(object),
      kind: object.kind,
      name: object.metadata.name,
      operation,
      deployed: before?.inputs,
      reasons: [...new Set(same.flatMap(({ replaceReasons }) => replaceReasons ?? []))],
      isProtected,
      isRetained: before?.retainOnDelete === true,
      isRefused: hasError && !(isProtected && (operation === 'delete' || operation === 'replace')),
    },
  ];
}

function operationOf(ops: ReadonlySet<string>): Operation {
  if (ops.has('replace') || ops.has('create-replacement') || ops.has('delete-replaced')) return 'replace';
  if (ops.has('delete')) return 'delete';
  if (ops.has('create') || ops.has('import')) return 'create';
  return ops.has('update') ? 'update' : 'same';
}

/** Of what was refused before it became a step there is only the name: `…$kubernetes:core/v1:Service::Service/shop-dev/gateway`. */
function refusedStep(urn: string): PlannedStep[] {
  const [, apiVersion = '', kind = '', name = ''] = /[:$]kubernetes:([^:$]+):([^:$]+)::(.+)$/.exec(urn) ?? [];
  const parts = name.split('/');
  if (kind === '' || parts.length < 2) return [];
  const [, namespace] = parts.length > 2 ? parts : [];
  const metadata = { name: parts.at(-1) ?? '', ...(namespace !== undefined && { namespace }) };
  const identity = identityOf({ apiVersion: apiVersion.replace(/^core\//, ''), kind, metadata });
  const unknown = { deployed: undefined, reasons: [], isProtected: false, isRetained: false };
  return [{ identity, kind, name: metadata.name, operation: 'same', ...unknown, isRefused: true }];
}
