import type { EngineEvent, OpType } from '@pulumi/pulumi/automation/index.js';
import type { Progress } from '../tools/progress.ts';
import type { Changes } from './engine.ts';

/** What a run of the engine has done so far. */
export class RunEvents {
  readonly #progress: Progress;
  readonly #total: number;
  readonly #done = new Map<string, OpType>();

  /** @param total number of the objects, for the progress */
  public constructor(progress: Progress, total: number) {
    this.#progress = progress;
    this.#total = total;
  }

  /** Shows what begins, and at once what failed: the other operations may still wait for minutes. */
  public note({ resourcePreEvent, resOutputsEvent, diagnosticEvent }: EngineEvent): void {
    if (resourcePreEvent !== undefined && isObject(resourcePreEvent.metadata)) {
      const { op, urn } = resourcePreEvent.metadata;
      this.#progress.step(`pulumi up: ${this.#done.size} of ${this.#total}, ${op} ${nameOf(urn)}`);
    }
    if (resOutputsEvent !== undefined && isObject(resOutputsEvent.metadata)) {
      const { op, urn } = resOutputsEvent.metadata;
      if (op !== 'delete-replaced') this.#done.set(urn, op); // the second half of a replacement
    }
    if (diagnosticEvent?.severity === 'error' && diagnosticEvent.urn !== undefined)
      this.#progress.say(`${nameOf(diagnosticEvent.urn)}: ${plain(diagnosticEvent.message)}`);
  }

  public changes(): Changes {
    const of = (...ops: OpType[]): string[] =>
      [...this.#done].filter(([, op]) => ops.includes(op)).map(([urn]) => nameOf(urn));
    return {
      created: of('create'),
      configured: of('update', 'replace', 'create-replacement'),
      pruned: of('delete'),
      unchanged: of('same').length,
    };
  }
}

/** Whether a step is that of a Kubernetes object, not of a provider or a component. */
function isObject({ type }: { readonly type: string }): boolean {
  return type.startsWith('kubernetes:');
}

/** The name of a resource, such as `Deployment/shop-dev/users`. */
function nameOf(urn: string): string {
  return urn.split('::').at(-1) ?? urn;
}

/** A message without the engine's marks of color, such as `<{%reset%}>`. */
export function plain(message: string): string {
  return message.replaceAll(/<\{%[^%]*%\}>/g, '').trim();
}
