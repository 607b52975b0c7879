/** A temporary exception: for a violated policy rule, or a finding of a scan. */
export interface Dated {
  /** Why it is acceptable, in one sentence without a period. */
  readonly reason: string;
  /** The last day on which it applies, as `2027-06-30`; then it must be reviewed. */
  readonly expires: string;
}

/** Whether the last day of an exception has passed. */
export function isExpired({ expires }: Dated, today: Date): boolean {
  return expires < today.toISOString().slice(0, 10);
}

/** Why an exception is invalid; undefined if it is valid. */
export function unsound({ expires, reason }: Dated): string | undefined {
  if (reason.trim() === '') return 'has no reason';
  return isDay(expires) ? undefined : `must expire on a day such as 2027-06-30, got '${expires}'`;
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
