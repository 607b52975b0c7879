/** A Kubernetes label selector. */
export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key?: string;
    /** `In`, `NotIn`, `Exists` or `DoesNotExist`. */
    readonly operator?: string;
    readonly values?: readonly string[];
  }[];
}

/** Whether labels match a selector; the empty selector matches all. */
export function selects(
  { matchLabels = {}, matchExpressions = [] }: Selector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key = '', operator, values = [] }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      return (value !== undefined && values.includes(value)) === (operator === 'In');
    })
  );
}

/** Whether a selector matches everything, such as `{}`. */
export function takesAll({
  matchLabels = {},
  matchExpressions = [],
}: {
  readonly matchLabels?: object | undefined;
  readonly matchExpressions?: readonly unknown[] | undefined;
}): boolean {
  return Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;
}
