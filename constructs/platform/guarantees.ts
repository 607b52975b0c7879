import { ConfigurationError } from '@groundwork/contract';

/** All guarantees that a backing service can keep, with their meaning. */
export const GUARANTEES = {
  'survives-pod-loss': 'data outlives the loss of a pod',
  'survives-node-loss': 'data and service outlive the loss of a node',
  'rolls-without-downtime': 'an update of the system fails no request',
  'point-in-time-recovery': 'data can be restored to any minute of the last days',
  'online-resize': 'volumes grow without a restart',
  'tls-in-transit': 'connections to it are encrypted',
  'tls-rotation': 'certificates are renewed without downtime',
  'tested-restore': 'backups are taken, and restoring one is tested',
} as const;

/** Id of a guarantee. */
export type Guarantee = keyof typeof GUARANTEES;

/** Whether a back end keeps each guarantee: those of `GUARANTEES`, and custom ones; one that is left out is not kept. */
export type Guarantees = Readonly<Partial<Record<Guarantee, boolean>> & Record<string, boolean | undefined>>;

/** What an environment requires of one backing service. */
export interface Requirement {
  /** Required guarantees, also custom ones. The synth fails for a back end that does not keep one. */
  readonly guarantees: readonly (Guarantee | (string & {}))[];
  /** Required guarantees that may be missing for now, each with a reason. @default none */
  readonly waived?: Readonly<Record<string, string>>;
}

/** The guarantees of one system of an environment, and the requirements for it. */
export interface GuaranteeReport {
  /** Kind of need that it provides for, or the name of the system, such as `postgres`. */
  readonly kind: string;
  /** Class of the back end, such as `CnpgPostgres`; undefined for a system that no contract needs, such as `prometheus`. */
  readonly backEnd: string | undefined;
  /** Undefined if the system declares no guarantees. */
  readonly sheet: Guarantees | undefined;
  /** Undefined if the environment requires nothing of it. */
  readonly requirement: Requirement | undefined;
}

/** Law 9: a required guarantee is kept, or waived in code with a reason. */
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
        problem: `'${guarantee}' is required${meaning(guarantee)}, but the back end ${sheet ? 'does not keep it' : 'declares no guarantees'}`,
        fix: `use a back end that keeps it, or waive it with a reason: waived: { '${guarantee}': '…' }`,
      }),
  );
  for (const [guarantee, reason] of Object.entries(waived)) {
    const at = `${where} › waived.${guarantee}`;
    if (reason.trim() === '')
      found.push(
        new ConfigurationError({
          code: 'waiver-invalid',
          where: at,
          problem: 'the waiver has no reason',
          fix: 'state why the environment can do without it',
        }),
      );
    if (!guarantees.includes(guarantee))
      found.push(
        new ConfigurationError({
          code: 'waiver-invalid',
          where: at,
          problem: 'the guarantee is waived, but not required',
          fix: 'require it, or remove the waiver',
        }),
      );
    else if (sheet?.[guarantee])
      found.push(
        new ConfigurationError({
          code: 'waiver-invalid',
          where: at,
          problem: 'the guarantee is waived, but the back end keeps it',
          fix: 'remove the waiver',
        }),
      );
  }
  return found;
}

function meaning(guarantee: string): string {
  const known: Readonly<Record<string, string>> = GUARANTEES;
  return known[guarantee] === undefined ? '' : ` (${known[guarantee]})`;
}
