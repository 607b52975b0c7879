import { ConfigurationError } from '@groundwork/contract';

/** Promises that backing services make or don't, in words that all of them share. */
export const GUARANTEES = {
  'survives-pod-loss': 'data outlives the loss of a pod',
  'survives-node-loss': 'data and service outlive the loss of a node',
  'rolls-without-downtime': 'an update of the system fails no request',
  'point-in-time-recovery': 'data can be brought back as it was at any minute of the last days',
  'online-resize': 'volumes grow without a restart',
  'tls-in-transit': 'connections to it are encrypted',
  'tls-rotation': 'certificates are renewed without downtime',
  'tested-restore': 'backups are taken, and bringing one back is tested',
} as const;

export type Guarantee = keyof typeof GUARANTEES;

/** For each guarantee, whether a back end keeps it. */
export type Guarantees = Readonly<Record<Guarantee, boolean>>;

/** What an environment asks of one backing service. */
export interface Requirement {
  /** Guarantees it counts on. A back end that can't keep one stops the synth. */
  readonly guarantees: readonly Guarantee[];
  /** Guarantees it does without for now, each with the reason. @default none */
  readonly waived?: Readonly<Partial<Record<Guarantee, string>>>;
}

/** What one system of an environment keeps, beside what is asked of it. */
export interface GuaranteeReport {
  /** Kind of need that it provides for, or its name, such as `postgres`. */
  readonly kind: string;
  /** Class of the back end, such as `CnpgPostgres`; undefined for a system that no contract needs. */
  readonly backEnd: string | undefined;
  /** Undefined for a system that states nothing. */
  readonly sheet: Guarantees | undefined;
  readonly requirement: Requirement | undefined;
}

/** Law 9: a guarantee is kept, or waived in code with a reason. */
export function unmetRequirements(
  where: string,
  sheet: Guarantees | undefined,
  { guarantees, waived = {} }: Requirement,
): ConfigurationError[] {
  const broken = guarantees.filter((guarantee) => sheet?.[guarantee] !== true && waived[guarantee] === undefined);
  const found = broken.map(
    (guarantee) =>
      new ConfigurationError({
        code: 'guarantee-not-kept',
        where: `${where} › guarantees`,
        problem: `'${guarantee}' is demanded (${GUARANTEES[guarantee]}), and the back end ${sheet ? "doesn't keep it" : 'has no guarantees'}`,
        fix: `choose a back end that keeps it, or waive it with a reason: waived: { '${guarantee}': '…' }`,
      }),
  );
  for (const [guarantee, reason] of Object.entries(waived) as [Guarantee, string][]) {
    const at = `${where} › waived.${guarantee}`;
    if (reason.trim() === '')
      found.push(
        new ConfigurationError({
          code: 'waiver-invalid',
          where: at,
          problem: 'the waiver has no reason',
          fix: 'say why it is right to do without',
        }),
      );
    if (!guarantees.includes(guarantee))
      found.push(
        new ConfigurationError({
          code: 'waiver-invalid',
          where: at,
          problem: 'waived, but never demanded',
          fix: 'demand it, or drop the waiver',
        }),
      );
    else if (sheet?.[guarantee])
      found.push(
        new ConfigurationError({
          code: 'waiver-invalid',
          where: at,
          problem: 'waived, but the back end keeps it',
          fix: 'drop the waiver',
        }),
      );
  }
  return found;
}
