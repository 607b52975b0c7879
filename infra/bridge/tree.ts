import { ConfigurationError } from '@groundwork/contract';
import { ApiObject, type App, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';

/** A construct tree, read once. */
export interface Tree {
  /** The charts, outer ones first. */
  readonly charts: readonly Chart[];
  /** The objects, each with the closest chart around it. */
  readonly objects: ReadonlyMap<ApiObject, Chart>;
  /** Who was told to wait for whom with `addDependency`. */
  readonly dependencies: readonly { readonly source: IConstruct; readonly target: IConstruct }[];
}

/**
 * Reads an app in one walk. cdk8s's own way to the same asks every construct for its chart again and multiplies each
 * dependency out to all objects on both sides.
 * @throws ConfigurationError with everything that the constructs' own validations say.
 */
export function readTree(app: App): Tree {
  const charts: Chart[] = [];
  const objects = new Map<ApiObject, Chart>();
  const dependencies: { source: IConstruct; target: IConstruct }[] = [];
  const faults: string[] = [];
  const walk = (construct: IConstruct, around: Chart | undefined): void => {
    const chart = Chart.isChart(construct) ? construct : around;
    if (chart === construct) charts.push(chart);
    if (ApiObject.isApiObject(construct)) objects.set(construct, chart as Chart);
    for (const target of construct.node.dependencies) dependencies.push({ source: construct, target });
    for (const fault of construct.node.validate()) faults.push(`[${construct.node.path}] ${fault}`);
    for (const child of construct.node.children) walk(child, chart);
  };
  walk(app, undefined);
  if (faults.length > 0)
    throw new ConfigurationError({
      code: 'app-invalid',
      where: 'the cdk8s app',
      problem: `constructs found faults:\n  ${faults.join('\n  ')}`,
      fix: 'fix what each construct says',
    });
  return { charts, objects, dependencies };
}
