/** A Kubernetes object as JSON. */
export type Manifest = Readonly<Record<string, unknown>> & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
};

/** One object of an app. */
export interface ManifestEntry {
  /** Path of the closest enclosing chart, such as `users`. */
  readonly chart: string;
  /** Path in the construct tree. */
  readonly path: string;
  /** Contract field or prop that caused it. */
  readonly why: string;
  /** The object as JSON. */
  readonly manifest: Manifest;
}
