/** A Kubernetes object as JSON. */
export type Manifest = Readonly<Record<string, unknown>> & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
};

/** The value at a path of JSON, such as `valueAt(manifest, 'spec', 'replicas')`; undefined if there is none. */
export function valueAt(json: unknown, ...path: readonly string[]): unknown {
  let part = json;
  for (const key of path) part = typeof part === 'object' && part !== null ? Reflect.get(part, key) : undefined;
  return part;
}
