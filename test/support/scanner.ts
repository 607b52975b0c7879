import { covers, type Exception } from '../../infra/review/policy/exceptions.ts';

/** What an outside scanner has against an object. */
export interface ScannerFinding {
  /** The scanner's name for it. */
  readonly check: string;
  readonly environment: string;
  /** Such as `Deployment/users`. */
  readonly object: string;
}

/** A scanner's check that we don't follow, and why. It stays until the scanner no longer finds it. */
export type Waiver = Omit<Exception, 'expires'>;

/** What no waiver is for, and waivers that nothing needs: both must be none. */
export function compare(
  findings: readonly ScannerFinding[],
  waivers: readonly Waiver[],
): { readonly findings: readonly string[]; readonly needless: readonly string[] } {
  const needed = new Set<string>();
  const use = ({ rule, object }: Waiver, environment: string) => `${environment}: ${rule} of ${object}`;
  const open = findings.filter(({ check, environment, object }) => {
    const waiving = waivers.filter(
      (waiver) =>
        waiver.rule === check &&
        waiver.reason.trim() !== '' &&
        waiver.environments.includes(environment) &&
        covers({ ...waiver, expires: '' }, object),
    );
    for (const waiver of waiving) needed.add(use(waiver, environment));
    return waiving.length === 0;
  });
  const all = waivers.flatMap((waiver) => waiver.environments.map((environment) => use(waiver, environment)));
  return {
    findings: open.map(({ check, environment, object }) => `${environment}: ${check} of ${object}`),
    needless: all.filter((one) => !needed.has(one)),
  };
}
