import type { Progress } from '../../tools/progress.ts';

/** Whether a driver is available on this machine. The check starts nothing and takes less than two seconds. */
export type Check =
  | { readonly usable: true /** Such as `a Docker daemon answers`. */; readonly why: string }
  | {
      readonly usable: false;
      readonly why: string /** What a user would do to make it usable. */;
      readonly fix: string;
    };

/** A running cluster. */
export interface Cluster {
  /** Name of its driver. */
  readonly driver: string;
  /** File for `KUBECONFIG`; its current context is the cluster. */
  readonly kubeconfig: string;
  readonly context: string;
  /** Command and first arguments of a kubectl for this cluster, such as `['/…/kube', 'kubectl', '--kubeconfig', '/…']`. */
  readonly kubectl: readonly string[];
  /** URL of the gateway from this machine, such as `http://127.0.0.1:8080`; undefined if it is only reachable through the Ingress. */
  readonly gatewayUrl: string | undefined;
  /** Folder for the engines' state of this cluster, such as secrets. Readable by its owner only; deleted with the cluster's data. */
  readonly state: string;
  /** How the nodes get images: `archive` loads OCI archives, `docker` loads from the local daemon, `registry` only pulls. */
  readonly images: 'archive' | 'docker' | 'registry';
  /** Loads images into the cluster's nodes, under their reference and `name@digest`. Images that a node has are skipped. */
  loadImages(images: readonly LoadableImage[], progress: Progress): Promise<void>;
}

export interface LoadableImage {
  /** Reference as in the manifests. */
  readonly reference: string;
  /** OCI archive on this machine; absent for images in the Docker daemon. */
  readonly archive?: string;
}

/** Starts and removes a cluster. */
export interface ClusterDriver {
  /** Such as `kind`. */
  readonly name: string;
  check(): Promise<Check>;
  /** Starts it, or finds it running; safe to call again, also after a run that was killed halfway. */
  up(progress: Progress): Promise<Cluster>;
  /** The running cluster, or undefined. Starts nothing. */
  find(): Promise<Cluster | undefined>;
  /** Removes what `up` created, and nothing else. Returns a line for each kind of thing removed. */
  down(options: { readonly keepData: boolean }, progress: Progress): Promise<readonly string[]>;
}
