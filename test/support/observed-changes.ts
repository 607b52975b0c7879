import type { Manifest } from '@groundwork/constructs';
import type { Kubectl } from '../../infra/deploy/kubectl.ts';

/** What happens to an object when a manifest replaces another. */
export type Outcome = 'refused' | 'rolls' | 'in place' | 'deleted';

/**
 * Finds what a change does on a real API server with its controllers: each object in a test namespace, where no pod
 * starts.
 */
export class ObservedChanges {
  readonly #kubectl: Kubectl;
  readonly #namespace: string;
  #count = 0;

  public constructor(kubectl: Kubectl, namespace: string) {
    this.#kubectl = kubectl;
    this.#namespace = namespace;
  }

  public async open(): Promise<void> {
    await this.#apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: this.#namespace } });
  }

  public async close(): Promise<void> {
    await this.#kubectl.run(['delete', 'namespace', this.#namespace, '--ignore-not-found', '--wait=false']);
  }

  /** Applies the first, then the second if its dry run succeeds. */
  public async of(before: Manifest, after: Manifest | undefined): Promise<Outcome> {
    const name = `${before.metadata.name}-${this.#count++}`.slice(-60).replace(/^[^a-z0-9]+/, '');
    const [previous, next] = [this.#own(before, name), after && this.#own(after, name)];
    await this.#apply(previous);
    const was = await this.#revision(previous);
    if (next === undefined) {
      await this.#kubectl.run(['delete', previous.kind, name, '--namespace', this.#namespace, '--wait=false']);
      return 'deleted';
    }
    try {
      await this.#apply(next, '--dry-run=server');
    } catch (error) {
      if (
        /immutable|is invalid|[Ff]orbidden|may not change|cannot change|can not be less/.test((error as Error).message)
      )
        return 'refused';
      throw error;
    }
    await this.#apply(next);
    return (await this.#revision(next)) === was ? 'in place' : 'rolls';
  }

  /** A field of the live object after `after` has replaced `before`. */
  public async field(before: Manifest, after: Manifest, path: string): Promise<string> {
    const name = `${before.metadata.name}-${this.#count++}`;
    await this.#apply(this.#own(before, name));
    await this.#apply(this.#own(after, name));
    return this.#kubectl.run(['get', before.kind, name, '--namespace', this.#namespace, '-o', `jsonpath={${path}}`]);
  }

  /**
   * The revision of a workload's pod template; empty for other kinds. Waits until the controller has observed the
   * object.
   */
  async #revision({ kind, metadata }: Manifest): Promise<string> {
    if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind)) return '';
    const where = ['--namespace', this.#namespace];
    for (;;) {
      const live = await this.#kubectl.get(kind, metadata.name, this.#namespace);
      const { observedGeneration, updateRevision } = (live?.status ?? {}) as {
        observedGeneration?: number;
        updateRevision?: string;
      };
      if (live === undefined || observedGeneration !== live.metadata.generation) continue;
      if (kind === 'StatefulSet') return updateRevision ?? '';
      const owned = kind === 'Deployment' ? 'replicasets' : 'controllerrevisions';
      const { items } = JSON.parse(await this.#kubectl.run(['get', owned, ...where, '-o', 'json'])) as {
        items: Owned[];
      };
      return items
        .filter(({ metadata: { ownerReferences = [] } }) =>
          ownerReferences.some(({ uid }) => uid === live.metadata.uid),
        )
        .map((one) => one.metadata.name)
        .sort()
        .join(' ');
    }
  }

  #own(manifest: Manifest, name: string): Manifest {
    const copy = structuredClone(manifest) as Manifest & { spec?: Record<string, unknown> };
    const template = ((copy.spec?.jobTemplate as { spec?: object } | undefined)?.spec ?? copy.spec) as
      | { template?: { spec: Record<string, unknown> } }
      | undefined;
    if (template?.template?.spec !== undefined) template.template.spec.schedulingGates = [{ name: 'groundwork/never' }];
    return { ...copy, metadata: { ...copy.metadata, name, namespace: this.#namespace } };
  }

  async #apply(manifest: object, ...more: readonly string[]): Promise<void> {
    await this.#kubectl.run(['apply', '--server-side', '--field-manager=observer', ...more, '-f', '-'], {
      input: JSON.stringify(manifest),
    });
  }
}

interface Owned {
  readonly metadata: { readonly name: string; readonly ownerReferences?: readonly { readonly uid: string }[] };
}
