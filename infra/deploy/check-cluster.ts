import type { Manifest, System } from '@groundwork/constructs';
import { ConfigurationError, textAt } from '@groundwork/contract';
import type { KubeConfig } from '@kubernetes/client-node';
import { customKinds } from '../../constructs/system/index.ts';

/** A cluster, as Pulumi's provider gets it. */
export interface ClusterAccess {
  /** Content of a kubeconfig. @default the files of KUBECONFIG, or ~/.kube/config, as kubectl reads them */
  readonly kubeconfig?: string;
  readonly context: string;
}

/** Limit for all requests together. */
const TIMEOUT_MS = 20_000;

/**
 * Checks that a cluster answers, and that it has the kinds of all objects of a system, or that the system defines them.
 * A preview of Pulumi's provider succeeds without either.
 * @throws ConfigurationError `cluster-unavailable` or `definition-missing`
 */
export async function checkCluster({ objects }: System, { kubeconfig, context }: ClusterAccess): Promise<void> {
  const manifests = objects.map(({ manifest }) => manifest);
  const { definitions } = customKinds(manifests);
  const wanted = objects
    .filter(({ id }) => !definitions.has(id.slice(0, id.indexOf('/'))))
    .map(({ manifest }) => manifest);
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const missing = await Promise.race([
    Promise.resolve().then(() => {
      if (kubeconfig === undefined) config.loadFromDefault();
      else config.loadFromString(kubeconfig);
      config.setCurrentContext(context);
      return missingKinds(config, wanted);
    }),
    timeout(),
  ]).catch((error: unknown) => {
    throw new ConfigurationError({
      code: 'cluster-unavailable',
      where: `context '${context}'`,
      problem: `the cluster does not answer: ${reason(error)}`,
      fix: `check its address and the credentials: \`kubectl --context ${context} version\` must work`,
    });
  });
  if (missing.length > 0)
    throw new ConfigurationError({
      code: 'definition-missing',
      where: `context '${context}'`,
      problem: `the cluster has no definition of ${missing.join(', ')}`,
      fix: 'install the operators whose kinds these are',
    });
}

async function missingKinds(config: KubeConfig, wanted: readonly Manifest[]): Promise<readonly string[]> {
  const { ApisApi, CoreV1Api, CustomObjectsApi } = await import('@kubernetes/client-node');
  const { groups } = await config.makeApiClient(ApisApi).getAPIVersions();
  const served = new Set(['v1', ...groups.flatMap(({ versions }) => versions.map((one) => one.groupVersion))]);
  const kinds = async (apiVersion: string): Promise<ReadonlySet<string>> => {
    if (!served.has(apiVersion)) return new Set();
    const [group = '', version = ''] = apiVersion.split('/');
    const { resources } =
      apiVersion === 'v1'
        ? await config.makeApiClient(CoreV1Api).getAPIResources()
        : await config.makeApiClient(CustomObjectsApi).getAPIResources({ group, version });
    return new Set(resources.map(({ kind }) => kind));
  };
  const lists = [...Map.groupBy(wanted, ({ apiVersion }) => apiVersion)].map(async ([apiVersion, objects]) => {
    const known = await kinds(apiVersion);
    return [...new Set(objects.map(({ kind }) => kind))]
      .filter((kind) => !known.has(kind))
      .map((kind) => `${kind} (${apiVersion})`);
  });
  return (await Promise.all(lists)).flat();
}

/** An error's message with that of its cause, which says more: `fetch failed: connect ECONNREFUSED …`. */
function reason(error: unknown): string {
  return [textAt(error, 'message') ?? String(error), textAt(error, 'cause', 'message')].filter(Boolean).join(': ');
}

function timeout(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS).unref();
  });
}
