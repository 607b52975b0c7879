import type { DeployTimeSecret } from '../kubernetes/deploy-time-secret.ts';
import type { Manifest } from '../kubernetes/manifest.ts';

/** Only `synthesize` and `partOf` make a System, so that nothing reaches a cluster but what they have checked. */
declare const SYNTHESIZED: unique symbol;

/** One Kubernetes object of a system. */
export interface SystemObject {
  /** Kind, group, namespace and name, such as `Deployment.apps/shop-dev/users`; of objects of the whole cluster no namespace. */
  readonly id: string;
  /** The object as JSON, deploy-time secrets as tokens. */
  readonly manifest: Manifest;
  /** Path of its construct in the tree. */
  readonly path: string;
  /** Path of the closest chart around it, such as `users`. */
  readonly chart: string;
  /** Contract field or prop that it comes from, such as `contract 'users' › owns postgres`. */
  readonly origin: string;
}

/** One chart of a system, also one without objects. */
export interface SystemChart {
  /** Path of the chart in the construct tree, such as `shop/users`. */
  readonly path: string;
  /** Paths of charts whose objects all come before this one's. */
  readonly dependsOn: readonly string[];
}

/** The object `from` comes after the object `to`; both are ids. */
export interface SystemEdge {
  /** Id of the object that comes after. */
  readonly from: string;
  /** Id of the object that comes first. */
  readonly to: string;
}

/** A deploy-time secret, and the one place where its value belongs: a key of a Secret's `stringData`. */
export interface SystemSecret extends DeployTimeSecret {
  /** Id of the Secret. */
  readonly object: string;
  /** Key in `stringData`. */
  readonly key: string;
}

/** All that an app declares, as one frozen value that every outlet takes. */
export interface System {
  /** Only `synthesize` makes one. */
  readonly [SYNTHESIZED]: true;
  /** What others need comes first. */
  readonly objects: readonly SystemObject[];
  /** What others need comes first. */
  readonly charts: readonly SystemChart[];
  /** Dependencies between objects, but for those that `charts` states for whole charts. */
  readonly edges: readonly SystemEdge[];
  /** In the order of their objects. */
  readonly secrets: readonly SystemSecret[];
}

/** Freezes the parts of a system; manifests are frozen already. */
export function frozenSystem(parts: Omit<System, typeof SYNTHESIZED>): System {
  for (const list of [parts.objects, parts.charts, parts.edges, parts.secrets]) {
    for (const item of list) Object.freeze(item);
    Object.freeze(list);
  }
  for (const { dependsOn } of parts.charts) Object.freeze(dependsOn);
  return Object.freeze(parts) as System;
}

/** The part of a system that has only some of its objects, such as those of a few charts. */
export function partOf(system: System, keep: (object: SystemObject) => boolean): System {
  const objects = system.objects.filter(keep);
  const ids = new Set(objects.map(({ id }) => id));
  const charts = new Set(objects.map(({ chart }) => chart));
  return frozenSystem({
    objects,
    charts: system.charts
      .filter(({ path }) => charts.has(path))
      .map(({ path, dependsOn }) => ({ path, dependsOn: dependsOn.filter((needed) => charts.has(needed)) })),
    edges: system.edges.filter(({ from, to }) => ids.has(from) && ids.has(to)),
    secrets: system.secrets.filter(({ object }) => ids.has(object)),
  });
}
