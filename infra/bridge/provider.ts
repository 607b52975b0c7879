import { type Input, output, ProviderResource, secret } from '@pulumi/pulumi';

/** Version of Pulumi's Kubernetes provider that the bridge was tried with. */
export const PROVIDER_VERSION = '4.34.2';

export interface KubernetesProviderArgs {
  /** Text of a kubeconfig. Kept encrypted: a plain one stands in state and previews with its token. */
  readonly kubeconfig: Input<string>;
  /** Context of the kubeconfig. @default its current context */
  readonly context?: Input<string>;
  /**
   * Names the cluster for good. While it stays, a moved API server or a new token updates the provider only; when it
   * changes, every object is replaced.
   */
  readonly clusterIdentifier: Input<string>;
}

/** Requests a second that the provider's client may make. Its own 5 make a refresh of 500 objects take 18 s instead of 4 s. */
const CLIENT = { qps: 400, burst: 800 };

/**
 * Pulumi's Kubernetes provider, set so that no ordinary change deletes a live object. `@pulumi/kubernetes` need not be
 * installed, as the plugin is named directly.
 */
export class KubernetesProvider extends ProviderResource {
  public constructor(name: string, { kubeconfig, context, clusterIdentifier }: KubernetesProviderArgs) {
    const settings = {
      kubeconfig: secret(kubeconfig),
      ...(context === undefined ? {} : { context }),
      clusterIdentifier: output(clusterIdentifier),
      enableServerSideApply: 'true',
      // Changed data updates the object in place. Otherwise it is deleted first and made again, with a gap.
      enableConfigMapMutable: 'true',
      enableSecretMutable: 'true',
      // Taking over what exists turns a rename without an alias into a deletion that looks like success.
      upsertExistingObjects: 'false',
      kubeClientSettings: JSON.stringify(CLIENT),
    };
    super('kubernetes', name, settings, { version: PROVIDER_VERSION });
  }
}
