/** What lets something pass for a while: a rule of the policy that is broken, or a finding of a scan. */
export interface Dated {
  /** Why it is right to let it pass, in one sentence without a full stop. */
  readonly reason: string;
  /** The last day on which it holds, as `2027-06-30`; then somebody looks again. */
  readonly expires: string;
}

/** Whether the day that an exception names is over. */
export function isExpired({ expires }: Dated, today: Date): boolean {
  return expires < today.toISOString().slice(0, 10);
}

/** Why an exception can't be taken as it is; undefined if it can. */
export function unsound({ expires, reason }: Dated): string | undefined {
  if (reason.trim() === '') return 'has no reason';
  return isDay(expires) ? undefined : `expires on '${expires}', which is not a date`;
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
