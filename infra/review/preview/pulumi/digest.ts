import type { Manifest } from '@groundwork/constructs';
import { ConfigurationError } from '@groundwork/contract';
import { identityOf } from '../objects.ts';

/** Pulumi's operation on a resource. */
export type Operation = 'create' | 'update' | 'replace' | 'delete' | 'same';

/** Pulumi's planned operation on one object of the stack. */
export interface PlannedStep {
  /** From `identityOf`. */
  readonly identity: string;
  /** The planned object; of one that was rejected before it became a step only what identifies it. */
  readonly object: Manifest;
  readonly operation: Operation;
  /** Object of the last deploy, without values of secrets; undefined if it is not in the stack yet. */
  readonly deployed: Manifest | undefined;
  /** Fields for which it is replaced. */
  readonly reasons: readonly string[];
  /** Whether Pulumi refuses to delete it. */
  readonly isProtected: boolean;
  /** Whether a deletion only removes it from the stack and leaves it in the cluster. */
  readonly isRetained: boolean;
  /** Whether the provider or the API server rejects it. */
  readonly isRefused: boolean;
}

/** The Kubernetes objects in the output of `pulumi preview`. */
export interface StackPlan {
  readonly steps: readonly PlannedStep[];
  /** Whether the steps include every object of the stack: not if the preview failed, or ran without `--show-sames`. */
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

/** Last message of every preview with an error, without a resource. */
const ENDED = 'error: preview failed';

/**
 * Reads the output of `pulumi preview --json --show-sames`. Messages are left out, since they may contain secrets.
 * @param where for errors, such as the file
 * @throws ConfigurationError for any other text, and for a stack whose program failed, since its plan is incomplete
 */
export function readDigest(text: string, where: string): StackPlan {
  const { steps: all, diagnostics, changeSummary = {} } = parsed(text, where);
  const errors = (diagnostics ?? []).filter(({ severity }) => severity === 'error');
  if (errors.some(({ urn, message }) => urn === undefined && message?.trim() !== ENDED))
    throw new ConfigurationError({
      code: 'pulumi-failed',
      where,
      problem: "the stack's program failed",
      fix: 'run `pulumi preview` manually to see the cause; its output is hidden, since it may contain secrets',
    });
  const failed = new Set(errors.map(({ urn }) => urn));
  const steps = [...Map.groupBy(all ?? [], ({ urn }) => urn)].flatMap(([urn, same]) => stepOf(same, failed.has(urn)));
  const known = new Set(all?.map(({ urn }) => urn));
  const refused = [...failed].flatMap((urn) => (urn === undefined || known.has(urn) ? [] : refusedStep(urn)));
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
    problem: 'not the output of `pulumi preview --json`',
    fix: 'write it with `pulumi preview --json --show-sames`',
  });
}

/** One step per object; a replacement may be shown as three: of the new object, of the old one, and of both. */
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
      object,
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

/**
 * An object that was rejected before it became a step has only a URN:
 * `…$kubernetes:core/v1:Service::Service/shop-dev/gateway`.
 */
function refusedStep(urn: string): PlannedStep[] {
  const [, apiVersion = '', kind = '', name = ''] = /[:$]kubernetes:([^:$]+):([^:$]+)::(.+)$/.exec(urn) ?? [];
  const parts = name.split('/');
  if (kind === '' || parts.length < 2) return [];
  const [, namespace] = parts.length > 2 ? parts : [];
  const metadata = { name: parts.at(-1) ?? '', ...(namespace !== undefined && { namespace }) };
  const object: Manifest = { apiVersion: apiVersion.replace(/^core\//, ''), kind, metadata };
  const unknown = { deployed: undefined, reasons: [], isProtected: false, isRetained: false };
  return [{ identity: identityOf(object), object, operation: 'same', ...unknown, isRefused: true }];
}
