import { isDeepStrictEqual } from 'node:util';
import { canonical } from './diff/index.ts';
import type { Detail, Finding } from './finding.ts';
import { formatSome } from './text.ts';

/**
 * Merges the same change in several environments into one finding; values and notes that differ become details. Names
 * that differ only in the environment's name count as the same.
 */
export function merged(findings: readonly Finding[]): Finding[] {
  return [...Map.groupBy(findings, keysOf(findings)).values()].flatMap((group) => {
    const [first, ...others] = group;
    if (first === undefined || others.length === 0) return group;
    const environments = [...new Set(group.flatMap((one) => one.environments))];
    const same = others.every((one) => isDeepStrictEqual(detailOf(one), detailOf(first)));
    const text = (of: (one: Finding) => string): string =>
      new Set(group.map(of)).size === 1 ? of(first) : nameless(of(first), first.environments);
    const [subject, what] = [text((one) => one.subject), text((one) => one.what)];
    const { before: _, after: __, note: ___, source, ...common } = first;
    const made = source !== undefined && others.every((one) => one.source === source) && { source };
    const shown = same
      ? detailOf(first)
      : { details: Object.fromEntries(group.flatMap((one) => one.environments.map((name) => [name, detailOf(one)]))) };
    return [{ ...common, ...shown, ...made, subject, what, environments }];
  });
}

function detailOf({ before, after, note }: Finding): Detail {
  return {
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(note === undefined ? {} : { note }),
  };
}

/** One key for the same finding of several environments; findings of one environment that differ have different keys. */
function keysOf(findings: readonly Finding[]): (finding: Finding) => string {
  const keys = new Map<Finding, string>();
  const known = new Map<string, Detail[]>();
  for (const finding of findings) {
    const [key, detail] = [keyOf(finding), detailOf(finding)];
    const place = `${finding.environments.join()} ${key}`;
    const details = known.get(place) ?? [];
    known.set(place, details);
    const index = details.findIndex((one) => isDeepStrictEqual(one, detail));
    keys.set(finding, `${key} ${index < 0 ? details.push(detail) - 1 : index}`);
  }
  return (finding) => keys.get(finding) ?? '';
}

function keyOf({ rule, severity, subject, what, field, environments }: Finding): string {
  return canonical([rule, severity, nameless(subject, environments), nameless(what, environments), field]);
}

/** `shop-dev-reader` in dev and `shop-staging-reader` in staging are both `shop-*-reader`. */
function nameless(text: string, environments: readonly string[]): string {
  return environments.reduce(
    (left, name) => left.replace(new RegExp(`(?<![a-z0-9])${name}(?![a-z0-9])`, 'g'), '*'),
    text,
  );
}

/** One finding for several objects of which the same is true, in the order of the first ones. */
export function grouped(findings: readonly Finding[]): Finding[] {
  const groups = Map.groupBy(findings, ({ subject: _, cause: __, source: ___, ...same }) => canonical(same));
  return [...groups.values()].flatMap((group) => {
    const [first, ...others] = group;
    if (first === undefined || others.length === 0) return group;
    const { source, ...rest } = first;
    const causes = [...new Set(group.map(({ cause }) => cause))];
    return [
      {
        ...rest,
        cause: formatSome(causes),
        others: others.map(({ subject }) => subject),
        ...(source !== undefined && others.every((one) => one.source === source) && { source }),
      },
    ];
  });
}
