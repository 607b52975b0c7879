import { covers, type Exception } from '../../infra/review/policy/exceptions.ts';

/** A finding of a third-party scanner. */
export interface ScannerFinding {
  /** Name of the scanner's check. */
  readonly check: string;
  readonly environment: string;
  /** Such as `Deployment/users`. */
  readonly object: string;
}

/** A waived check with a reason. It must be removed when the scanner no longer finds it. */
export type Waiver = Omit<Exception, 'expires'>;

/** Findings without a waiver, and unneeded waivers: both must be empty. */
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
