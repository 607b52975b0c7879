import { ConfigurationError } from '@groundwork/contract';
import type { App } from 'cdk8s';
import { acceptSecrets, resolveDeployTimeSecrets } from '../kubernetes/deploy-time-secret.ts';
import { explain } from '../kubernetes/origin.ts';
import { type ObjectVertex, orderedBy } from './dependencies.ts';
import { customKinds, identityOf, objectId } from './identity.ts';
import { render } from './normalize.ts';
import { byKindAndName } from './order.ts';
import { frozenSystem, type System, type SystemObject, type SystemSecret } from './system.ts';
import { readTree } from './tree.ts';

/**
 * All that an app declares: its objects, each rendered once, with their order, origins and deploy-time secrets. Works
 * for any cdk8s app. What others need comes first: namespaces, definitions, then accounts, secrets and config,
 * policies, addresses, and last what runs; within that, dependencies; within that, by name. The order does not depend on where
 * constructs stand, so moving one changes nothing.
 * @throws ConfigurationError for what constructs' own validations find, an object without identity or one that another
 * construct declares too, a deploy-time secret in a wrong place, and dependencies in a cycle
 */
export function synthesize(app: App): System {
  const tree = acceptSecrets(app, () => readTree(app));
  const rendered = tree.objects.map(({ construct }) => render(construct));
  const custom = customKinds(rendered.flatMap(({ manifests }) => manifests));
  const vertices: ObjectVertex[] = [];
  const firstOf: number[] = [];
  for (const [index, { construct, chart }] of tree.objects.entries()) {
    firstOf.push(vertices.length);
    const common = { path: construct.node.path, chart: tree.charts[chart]?.path ?? '', origin: explain(construct) };
    for (const manifest of rendered[index]?.manifests ?? []) {
      const identity = identityOf(manifest, custom);
      const object: SystemObject = { id: objectId(identity), manifest, ...common };
      vertices.push({
        name: object.id,
        path: object.path,
        object,
        identity,
        chart,
        needs: [],
        required: [],
        preferred: [],
        position: 0,
      });
    }
  }
  assertUnique(vertices.map(({ object }) => object));
  const sorted = byKindAndName(vertices);
  for (const [position, vertex] of sorted.entries()) vertex.position = position;
  const at = (index: number): number => firstOf[index] ?? vertices.length;
  const ordered = orderedBy(tree, vertices, sorted, ({ start, end }) => ({ start: at(start), end: at(end) }), custom);
  const holders = new Set(rendered.flatMap(({ manifests, holdsSecret }) => (holdsSecret ? manifests : [])));
  const secrets = ordered.objects.filter(({ manifest }) => holders.has(manifest)).flatMap(secretsOf);
  return frozenSystem({ ...ordered, secrets });
}

function assertUnique(objects: readonly SystemObject[]): void {
  const first = new Map<string, SystemObject>();
  for (const object of objects) {
    const duplicate = first.get(object.id);
    if (duplicate !== undefined)
      throw new ConfigurationError({
        code: 'object-duplicate',
        where: object.path,
        problem: `${object.id} is declared twice, also at ${duplicate.path}`,
        fix: 'rename one of them: in the cluster they are one object',
      });
    first.set(object.id, object);
  }
}

function secretsOf({ id, manifest }: SystemObject): SystemSecret[] {
  const found: SystemSecret[] = [];
  resolveDeployTimeSecrets(manifest, (value, key) => found.push({ ...value, object: id, key }));
  return found;
}
