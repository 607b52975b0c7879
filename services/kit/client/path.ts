/** Fills in the parameters of a path template, each as one encoded segment, and appends the query. */
export function pathOf(
  template: string,
  params: Readonly<Record<string, unknown>> = {},
  query: Readonly<Record<string, unknown>> = {},
): string {
  const path = template.replace(/:([A-Za-z0-9_]+)/g, (_whole, name: string) => encodeURIComponent(`${params[name]}`));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.append(name, `${value}`);
  }
  return search.size === 0 ? path : `${path}?${search}`;
}
