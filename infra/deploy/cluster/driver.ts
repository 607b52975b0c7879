import type { Progress } from '../../tools/progress.ts';

/** Whether a driver can be used here. Asking starts nothing and takes well under a second or two. */
export type Check =
  | { readonly usable: true /** Such as `a Docker daemon answers`. */; readonly why: string }
  | {
      readonly usable: false;
      readonly why: string /** What a user would do to make it usable. */;
      readonly fix: string;
    };

/** A cluster that answers. */
export interface Cluster {
  /** Name of its driver. */
  readonly driver: string;
  /** File for `KUBECONFIG`; its current context is the cluster. */
  readonly kubeconfig: string;
  readonly context: string;
  /** Command and first arguments of a kubectl that talks to it, such as `['/…/kube', 'kubectl', '--kubeconfig', '/…']`. */
  readonly kubectl: readonly string[];
  /** Where the gateway answers from this machine, such as `http://127.0.0.1:8080`; undefined if only the Ingress leads there. */
  readonly gatewayUrl: string | undefined;
  /** Folder for what deploy engines remember of this cluster, such as secrets. Readable by its owner; goes when the cluster's data goes. */
  readonly state: string;
  /** How images get in: `archive` takes OCI archives, `docker` what the local daemon built, `registry` pulls only. */
  readonly images: 'archive' | 'docker' | 'registry';
  /** Puts images into the cluster's nodes, under their reference and under `name@digest`. What is there already is skipped. */
  loadImages(images: readonly LoadableImage[], progress: Progress): Promise<void>;
}

export interface LoadableImage {
  /** Reference as manifests write it. */
  readonly reference: string;
  /** OCI archive on this machine; absent for images in the Docker daemon. */
  readonly archive?: string;
}

/** Brings a cluster up and down. */
export interface ClusterDriver {
  /** Such as `kind`. */
  readonly name: string;
  check(): Promise<Check>;
  /** Starts it, or finds it running; safe to call again, also after a run that was killed halfway. */
  up(progress: Progress): Promise<Cluster>;
  /** The running cluster, or undefined. Starts nothing. */
  find(): Promise<Cluster | undefined>;
  /** Removes what `up` made and returns a line for each kind of thing removed. Never touches what it did not make. */
  down(options: { readonly keepData: boolean }, progress: Progress): Promise<readonly string[]>;
}
