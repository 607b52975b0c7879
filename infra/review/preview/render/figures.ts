import type { Finding, Severity } from '../finding.ts';
import type { Action } from '../objects.ts';
import type { EnvironmentPreview, Preview } from '../preview.ts';
import { formatList } from '../text.ts';
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
/** What every preview leaves to another check. */
export const UNCHECKED = 'types are not checked here: Node.js removes them, and `npm run types` checks them';

const NONE = '·';
const GIB = 2 ** 30;

/** What a reviewer must know first: how much changes where, what could not be compared, and how many findings need a look. */
export function headline({ findings, environments, isComplete, graph }: Preview): string {
  const changed = environments.filter(({ changes }) => changes.length > 0);
  if (changed.length === 0 && findings.length === 0 && graph === undefined && isComplete)
    return 'Nothing changes in any environment';
  const missing = environments.filter(({ isCompared }) => !isCompared).map(({ name }) => name);
  const all = missing.length === environments.length;
  const unknown = isComplete ? [] : [all ? 'Nothing can be compared' : `${formatList(missing)} can't be compared`];
  const objects = changed.reduce((sum, { changes }) => sum + changes.length, 0);
  const where = formatList(changed.map(({ name }) => name));
  const change = objects === 0 ? 'no object changes' : `${counting(objects, 'object')} in ${where}`;
  const text = [...unknown, ...(all && !isComplete ? [] : [change])].join('; ');
  const isNamed = changed.length > 0 || !isComplete;
  return `${text[0]?.toUpperCase()}${text.slice(1)}: ${attention(findings, isNamed)}`;
}

function counting(count: number, noun: string): string {
  return count === 1 ? `1 ${noun} changes` : `${count} ${noun}s change`;
}

function attention(findings: readonly Finding[], isNamed: boolean): string {
  const looks = findings.filter(({ severity }) => severity !== 'info');
  const critical = looks.filter(({ severity }) => severity === 'critical').length;
  const info = findings.length - looks.length;
  if (looks.length === 0) return info === 0 ? 'no findings' : `no critical finding or warning, ${info} for information`;
  const where = isNamed ? '' : ` in ${formatList([...new Set(looks.flatMap(({ environments }) => environments))])}`;
  if (looks.length === 1)
    return critical === 1 ? `1 critical finding${where} needs a look` : `1 finding${where} needs a look, not critical`;
  return `${looks.length} findings${where} need a look, ${critical === 0 ? 'none' : critical} of them critical`;
}

/** Number of objects by action, and of critical findings, for each environment. */
export function counted({ environments, findings }: Preview): Figures {
  const of = (severity: Severity, name: string) =>
    findings.filter((one) => one.severity === severity && one.environments.includes(name)).length;
  const rows = environments.map(({ name, changes, isCompared }) => {
    if (!isCompared) return [name, ...ACTIONS.map(() => '?'), String(of('critical', name))];
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
