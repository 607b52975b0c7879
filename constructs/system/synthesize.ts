import { ConfigurationError } from '@groundwork/contract';
import { ApiObject, type App, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import type { ManifestEntry } from '../kubernetes/manifest.ts';
import { explain } from '../kubernetes/origin.ts';
import { inOrder } from './order.ts';

/**
 * All objects of an app, what others need first: namespaces, definitions, then accounts, secrets and config, policies,
 * addresses, and last what runs. Within that, dependencies that constructs declare; within that, by name. The order
 * does not depend on where constructs stand, so moving one changes nothing.
 *
 * One walk over the tree. cdk8s's own `synth` looks for each object's chart again in each chart, multiplies each
 * dependency out to all objects on both sides, and draws a graph of all constructs: measurably more than linear.
 * @throws ConfigurationError for what constructs' own validations find, and for two objects that are one in the cluster
 */
export function manifestsOf(app: App): readonly ManifestEntry[] {
  const objects: { construct: ApiObject; entry: ManifestEntry }[] = [];
  const faults: string[] = [];
  const walk = (construct: IConstruct, chart: string): void => {
    const within = Chart.isChart(construct) ? construct.node.path : chart;
    for (const fault of construct.node.validate()) faults.push(fault);
    if (ApiObject.isApiObject(construct)) {
      objects.push({
        construct,
        entry: { chart: within, path: construct.node.path, why: explain(construct), manifest: construct.toJson() },
      });
    }
    for (const child of construct.node.children) walk(child, within);
  };
  walk(app, '');
  if (faults.length > 0)
    throw new ConfigurationError({
      code: 'app-invalid',
      where: 'the app',
      problem: `its constructs found mistakes:\n${faults.join('\n')}`,
      fix: 'fix what each of them says',
    });
  assertUnique(objects.map(({ entry }) => entry));
  return inOrder(objects);
}

function assertUnique(entries: readonly ManifestEntry[]): void {
  const first = new Map<string, ManifestEntry>();
  for (const entry of entries) {
    const { apiVersion, kind, metadata } = entry.manifest;
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
    const id = [group, kind, metadata.namespace ?? '', metadata.name].join(' ');
    const duplicate = first.get(id);
    if (duplicate !== undefined) {
      throw new ConfigurationError({
        code: 'object-duplicate',
        where: entry.path,
        problem: `${kind}/${metadata.name} is made twice, also at ${duplicate.path}`,
        fix: 'rename one of them: in the cluster they are one object',
      });
    }
    first.set(id, entry);
  }
}
