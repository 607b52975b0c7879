import { type Input, type Inputs, output, ProviderResource, secret } from '@pulumi/pulumi';

/** Version of Pulumi's Kubernetes provider that the bridge uses and is tested with. */
export const PROVIDER_VERSION = '4.34.2';

/** Settings of the cluster connection. */
export interface KubernetesProviderArgs {
  /**
   * Content of a kubeconfig. Marked secret, so that state and previews don't show its token.
   * @default the files of KUBECONFIG, or ~/.kube/config, as kubectl reads them: lists, relative paths, exec plugins
   */
  readonly kubeconfig?: Input<string>;
  /** Context of the kubeconfig. @default its current context */
  readonly context?: Input<string>;
  /**
   * Permanent name of the cluster. While it is the same, another API server address or token only updates the provider;
   * if it changes, every object is replaced. Run `pulumi refresh` first if the former cluster is gone: its objects would be
   * deleted in the new one.
   */
  readonly clusterIdentifier: Input<string>;
  /** Version of the provider's plugin. @default PROVIDER_VERSION */
  readonly version?: string;
}

/**
 * Requests per second of the provider's client. With its default of 5 a refresh of 500 objects takes 18 s instead of 4
 * s.
 */
const CLIENT = { qps: 400, burst: 800 };

/**
 * Pulumi's Kubernetes provider, configured so that no ordinary change deletes a live object. It doesn't need the
 * package `@pulumi/kubernetes`, since it names the plugin directly.
 */
export class KubernetesProvider extends ProviderResource {
  readonly #makeAdopting: () => ProviderResource;
  #adopting: ProviderResource | undefined;

  /** @param name resource name of the provider, such as `cluster` */
  public constructor(name: string, args: KubernetesProviderArgs) {
    // With upserts a rename without an alias would delete the object and still report success.
    super('kubernetes', name, settingsOf(args, { upsertExistingObjects: 'false' }), { version: versionOf(args) });
    this.#makeAdopting = () => new AdoptingProvider(`${name}-adopt`, args);
  }

  /**
   * A second provider for the same cluster, registered on first use. Instead of failing on an object that exists, it
   * applies the program's values. Since the cluster is the same, an object that moves
   * between the two is not replaced.
   */
  public adopting(): ProviderResource {
    this.#adopting ??= this.#makeAdopting();
    return this.#adopting;
  }
}

class AdoptingProvider extends ProviderResource {
  public constructor(name: string, args: KubernetesProviderArgs) {
    const settings = settingsOf(args, { upsertExistingObjects: 'true' });
    super('kubernetes', name, settings, { version: versionOf(args) });
  }
}

function versionOf({ version = PROVIDER_VERSION }: KubernetesProviderArgs): string {
  return version;
}

function settingsOf({ kubeconfig, context, clusterIdentifier }: KubernetesProviderArgs, existing: Inputs): Inputs {
  return {
    ...(kubeconfig === undefined ? {} : { kubeconfig: secret(kubeconfig) }),
    ...(context === undefined ? {} : { context }),
    clusterIdentifier: output(clusterIdentifier),
    enableServerSideApply: 'true',
    // Changed data updates the object in place instead of replacing it with downtime.
    enableConfigMapMutable: 'true',
    enableSecretMutable: 'true',
    ...existing,
    kubeClientSettings: JSON.stringify(CLIENT),
  };
}
