/** Labels by which selectors find the pods of one workload. Never changed: a Deployment's selector is immutable. */
export function selectorOf(system: string, name: string): Record<string, string> {
  return { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': system };
}

/**
 * Labels of every object.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
 */
export function labelsOf(system: string, name: string): Record<string, string> {
  return { ...selectorOf(system, name), 'app.kubernetes.io/managed-by': 'groundwork' };
}
