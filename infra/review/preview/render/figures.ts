import type { Severity } from '../finding.ts';
import type { Action } from '../objects.ts';
import type { EnvironmentPreview, Preview } from '../preview.ts';
import type { Amounts } from '../totals.ts';

/** A table shared by all formats: a header, then a row for each environment. */
export interface Figures {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const ACTIONS: readonly { readonly action: Action; readonly title: string }[] = [
  { action: 'create', title: 'create' },
  { action: 'update', title: 'update in place' },
  { action: 'roll', title: 'roll pods' },
  { action: 'replace', title: 'replace' },
  { action: 'delete', title: 'delete' },
];
const NONE = '·';
const GIB = 2 ** 30;

/** Number of objects by action, and of critical findings, for each environment. */
export function counted({ environments, findings }: Preview): Figures {
  const of = (severity: Severity, name: string) =>
    findings.filter((one) => one.severity === severity && one.environments.includes(name)).length;
  const rows = environments.map(({ name, changes }) => {
    const counts = ACTIONS.map(({ action }) => changes.filter((change) => change.action === action).length);
    return [name, ...[...counts, of('critical', name)].map((count) => (count === 0 ? NONE : String(count)))];
  });
  return { header: ['', ...ACTIONS.map(({ title }) => title), 'critical'], rows };
}

/** Requests of the environments where they change; undefined if they change nowhere. */
export function requested({ environments }: Preview): Figures | undefined {
  const rows = environments
    .filter(({ totals: { before, after } }) => JSON.stringify(before) !== JSON.stringify(after))
    .map(amounts);
  return rows.length === 0 ? undefined : { header: ['requested', 'pods', 'CPU', 'memory', 'storage', 'a month'], rows };
}

function amounts({ name, totals: { before, after }, cost }: EnvironmentPreview): string[] {
  const gib = (amount: number): string => `${Math.round((amount / GIB) * 10) / 10} GiB`;
  const cores = (amount: number): string => `${Math.round(amount * 1000) / 1000}`;
  const money = (from: number, to: number): string =>
    `${range(`${Math.round(from)}`, `${Math.round(to)}`)} ${cost?.currency}`;
  const amount = (of: (totals: Amounts) => string) =>
    change(range(of(before), of(before.most)), range(of(after), of(after.most)));
  return [
    name,
    amount(({ pods }) => `${pods}`),
    amount(({ cpu }) => cores(cpu)),
    amount(({ memory }) => gib(memory)),
    amount(({ storage }) => gib(storage)),
    cost === undefined ? '' : change(money(cost.before, cost.most.before), money(cost.after, cost.most.after)),
  ];
}

/** Such as `3–9`, if autoscalers may add more. */
function range(least: string, most: string): string {
  return least === most ? least : `${least}–${most}`;
}

function change(from: string, to: string): string {
  return from === to ? to : `${from} → ${to}`;
}
