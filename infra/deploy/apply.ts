import { type Manifest, resolveDeployTimeSecrets } from '@groundwork/constructs';
import { ConfigurationError, throwIfAny } from '@groundwork/contract';
import type { Progress } from '../tools/progress.ts';
import { MANAGER, PART_OF_SET } from './annotations.ts';
import type { Changes, Deployment, Engine } from './engine.ts';
import { deleteFailedJobs } from './failed-jobs.ts';
import { Kubectl } from './kubectl.ts';
import { pruneRights, rightsElsewhere, rightsOf } from './rights.ts';
import { validateRotation } from './rotation-lock.ts';
import { SecretsFile } from './secrets-file.ts';
import { validateTenant } from './tenant.ts';
import { validateVolume } from './volumes.ts';

/** The ConfigMap in which kubectl keeps which kinds the set has; its name is part of the objects' identity. */
const APPLY_SET = 'configmaps/groundwork';
/** Kinds outside of namespaces that our constructs make. */
const CLUSTER_WIDE = 'clusterroles,clusterrolebindings,validatingwebhookconfigurations,mutatingwebhookconfigurations';
const NOTHING: Changes = { created: [], configured: [], pruned: [], unchanged: 0 };

/**
 * Deploys by `kubectl apply --server-side`, with an ApplySet that prunes what left the code. Needs no state
 * beside the cluster; secrets come from a file that is made on first use.
 * @see KEP-3659, ApplySet
 */
export class ApplyEngine implements Engine {
  public readonly name = 'apply';

  public async deploy(deployment: Deployment, progress: Progress): Promise<Changes> {
    const { cluster, namespace } = deployment;
    const kubectl = new Kubectl(cluster);
    const manifests = deployment.system.objects.map(({ manifest }) => manifest);
    const { Namespace: namespaces = [], CustomResourceDefinition: definitions = [] } = Object.groupBy(
      manifests,
      ({ kind }) => kind,
    );
    const rest = manifests.filter(({ kind }) => kind !== 'Namespace' && kind !== 'CustomResourceDefinition');
    const { own, rights } = rightsElsewhere(deployment, rest);
    const present = await kubectl.get('namespace', namespace);
    throwIfAny([...validateTenant(present, namespaces), ...validateRotation(present)]);
    throwIfAny(validateVolume(await kubectl.list(namespace, 'persistentvolumeclaims'), rest));
    const secrets = SecretsFile.of(cluster, namespace);
    const resolved = own.map((manifest) =>
      resolveDeployTimeSecrets(manifest, ({ name, format }) => secrets.value(name, format)),
    );

    // Namespaces stay out of the set: no slip in the code shall prune one with all that is in it.
    progress.step(`applying namespace ${namespace}`);
    const first = merge(await apply(kubectl, namespaces), await this.#define(kubectl, definitions, progress));
    await deleteFailedJobs(kubectl, namespace, own);
    const granted = await apply(kubectl, rights);
    progress.step(`applying ${resolved.length} objects`);
    const flags = deployment.partial ? [] : ['--namespace', namespace, '--prune', '--applyset', APPLY_SET];
    const changes = await apply(kubectl, resolved, flags).catch((error: unknown) =>
      Promise.reject(withoutSecrets(error, secrets)),
    );
    const pruned = deployment.partial ? [] : await this.#pruneRights(kubectl, namespace, rights, progress);
    return merge(merge(first, granted), merge(changes, { ...NOTHING, pruned }));
  }

  /** An account that may not look into all namespaces can deploy all the same; what may be left is reported. */
  async #pruneRights(
    kubectl: Kubectl,
    namespace: string,
    rights: readonly Manifest[],
    progress: Progress,
  ): Promise<readonly string[]> {
    try {
      return await pruneRights(kubectl, namespace, rights);
    } catch (error) {
      if (!(error instanceof ConfigurationError) || !/forbidden/i.test(error.problem)) throw error;
      progress.skipped('removing former rights in other namespaces', error.problem);
      return [];
    }
  }

  /** Definitions stay out of the set too: with one that is pruned go all objects of its kind, whoever made them. */
  async #define(kubectl: Kubectl, definitions: readonly Manifest[], progress: Progress): Promise<Changes> {
    if (definitions.length === 0) return NOTHING;
    progress.step(`applying ${definitions.length} definitions`);
    const changes = await apply(kubectl, definitions);
    const names = definitions.map(({ metadata }) => `customresourcedefinition/${metadata.name}`);
    await kubectl.run(['wait', '--for=condition=Established', '--timeout=60s', ...names]);
    return changes;
  }

  public async destroy(
    { cluster, namespace }: Omit<Deployment, 'system'>,
    options: { readonly keepData: boolean },
    progress: Progress,
  ): Promise<void> {
    const kubectl = new Kubectl(cluster);
    await removeOutside(kubectl, namespace);
    if (!options.keepData) {
      progress.step(`deleting namespace ${namespace} with its volumes`);
      await kubectl.run(['delete', 'namespace', namespace, '--ignore-not-found', '--wait']);
      return;
    }
    progress.step(`deleting what runs in ${namespace}; volumes and secrets stay`);
    await kubectl.run([
      'delete',
      'ingresses,services,deployments,statefulsets,daemonsets,cronjobs,jobs,horizontalpodautoscalers',
      '--all',
      '--namespace',
      namespace,
      '--wait',
    ]);
  }
}

/** The API server may quote an object that it refuses. */
function withoutSecrets(error: unknown, secrets: SecretsFile): unknown {
  return error instanceof ConfigurationError
    ? new ConfigurationError({
        code: 'deploy-failed',
        where: error.where,
        problem: secrets.redact(error.problem),
        fix: error.fix,
      })
    : error;
}

/** What lies in no namespace, or in another, doesn't go with this one. */
async function removeOutside(kubectl: Kubectl, namespace: string): Promise<void> {
  await kubectl.run(['delete', ...rightsOf(namespace), '--wait']);
  const set = await kubectl.get('configmap', 'groundwork', namespace);
  const id = set?.metadata.labels?.['applyset.kubernetes.io/id'];
  if (id !== undefined) await kubectl.run(['delete', CLUSTER_WIDE, '--selector', `${PART_OF_SET}=${id}`, '--wait']);
}

async function apply(
  kubectl: Kubectl,
  manifests: readonly Manifest[],
  flags: readonly string[] = [],
): Promise<Changes> {
  if (manifests.length === 0) return NOTHING;
  // kubectl says `serverside-applied` whether or not anything changed; only the objects before and after tell.
  const before = await contents(kubectl, manifests);
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifests });
  const args = ['apply', '--server-side', '--force-conflicts', `--field-manager=${MANAGER}`, '-f', '-', ...flags];
  const output = await kubectl.run(args, { input, env: { KUBECTL_APPLYSET: 'true' } });
  const after = [...(await contents(kubectl, manifests))];
  return {
    created: after.filter(([id]) => !before.has(id)).map(([id]) => id),
    configured: after.filter(([id, content]) => before.has(id) && before.get(id) !== content).map(([id]) => id),
    unchanged: after.filter(([id, content]) => before.get(id) === content).length,
    pruned: output.split('\n').flatMap((line) => /^(\S+) pruned$/.exec(line)?.slice(1) ?? []),
  };
}

/** What users wrote of each object that is there, by `kind/name`: without status and the API server's bookkeeping. */
async function contents(kubectl: Kubectl, manifests: readonly Manifest[]): Promise<Map<string, string>> {
  const wanted = new Set(manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`));
  const types = [...new Set(manifests.map(resourceType))];
  const found = new Map<string, string>();
  for (const namespace of new Set(manifests.map(({ metadata }) => metadata.namespace))) {
    const scope = namespace === undefined ? [] : ['--namespace', namespace];
    // Before the first deploy the namespace, or a custom kind, may be missing: then nothing is there.
    const text = await kubectl
      .run(['get', types.join(','), ...scope, '--ignore-not-found', '-o', 'json'])
      .catch(() => '');
    for (const object of text === '' ? [] : (JSON.parse(text) as { items: Manifest[] }).items) {
      const { status: _, metadata, ...written } = object as Manifest & { status?: unknown };
      const id = `${object.kind}/${metadata.name}`;
      if (wanted.has(id)) found.set(id, JSON.stringify([written, metadata.labels]));
    }
  }
  return found;
}

/** A kind as kubectl's `get` takes it, such as `Deployment.v1.apps`. */
function resourceType({ apiVersion, kind }: Manifest): string {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return `${kind}.${version}.${group}`;
}

function merge(a: Changes, b: Changes): Changes {
  return {
    created: [...a.created, ...b.created],
    configured: [...a.configured, ...b.configured],
    pruned: [...a.pruned, ...b.pruned],
    unchanged: a.unchanged + b.unchanged,
  };
}
