import { ConfigurationError } from '@groundwork/contract';
import { parse } from 'yaml';
import type { Ask } from '../../deploy/index.ts';
import type { Progress } from '../../tools/progress.ts';
import { until } from '../../tools/wait.ts';
import { type Requests, requestsByKind } from './notifications.ts';

/** Name of the alert that is sent. */
export const TEST_ALERT = 'TestAlert';

export interface TestAlertOptions {
  /** Sends a request to Alertmanager. */
  readonly ask: Ask;
  /** Name of the environment, for the text of the alert. */
  readonly environment: string;
  readonly severity: 'page' | 'ticket';
  readonly progress: Progress;
  /** Milliseconds after which a receiver that got no notification is reported. @default 2 minutes: Alertmanager waits for half a minute to group alerts */
  readonly timeout?: number;
}

/** An alert in Alertmanager's API. */
interface ActiveAlert {
  readonly receivers: readonly { readonly name: string }[];
  readonly status: { readonly state: string; readonly silencedBy: readonly string[] };
}

/**
 * Sends a labeled test alert, and waits until each of its receivers was notified. Alertmanager itself reports which
 * ones these are, so its running configuration counts. Afterwards the alert is resolved.
 * @returns what happened, as lines
 * @throws ConfigurationError `alert-not-accepted` if Alertmanager rejects or silences it, `alert-not-delivered` if a
 * receiver fails or gets nothing in time
 */
export async function sendTestAlert(options: TestAlertOptions): Promise<readonly string[]> {
  const { ask, severity, environment, progress, timeout = 120_000 } = options;
  const id = new Date().toISOString();
  const before = await readRequests(ask);
  progress.step('sending the alert');
  await post(ask, environment, severity, id);
  try {
    const { receivers, status } = await accepted(ask, id);
    if (status.silencedBy.length > 0)
      throw new ConfigurationError({
        code: 'alert-not-accepted',
        where: 'Alertmanager',
        problem: `the silence ${status.silencedBy.join(', ')} applies to ${TEST_ALERT}`,
        fix: 'end the silence, and run the command again',
      });
    const kinds = await kindsOf(ask, receivers);
    const said = [`Alertmanager accepted ${TEST_ALERT} with severity ${severity}`];
    if (kinds.size === 0)
      return [...said, `no receiver: alerts of severity ${severity} are only visible in Alertmanager`];
    const names = receivers.map(({ name }) => `${name} (${kinds.get(name) ?? 'nothing'})`).join(', ');
    progress.step(`waiting for notifications of ${names}`);
    return [...said, `receivers: ${names}`, ...(await outcome(ask, before, [...new Set(kinds.values())], timeout))];
  } finally {
    await post(ask, environment, severity, id, new Date()); // notifies the receivers that it has ended
  }
}

/** Waits until each kind of receiver got a request more than before. */
async function outcome(
  ask: Ask,
  before: ReadonlyMap<string, Requests>,
  kinds: readonly string[],
  timeout: number,
): Promise<readonly string[]> {
  const since = (now: ReadonlyMap<string, Requests>, kind: string): Requests => ({
    all: (now.get(kind)?.all ?? 0) - (before.get(kind)?.all ?? 0),
    failed: (now.get(kind)?.failed ?? 0) - (before.get(kind)?.failed ?? 0),
  });
  let now = before;
  await until(
    async () => {
      now = await readRequests(ask);
      return kinds.every((kind) => since(now, kind).all > 0);
    },
    timeout,
    500,
  );
  const said = kinds.map((kind) => `${kind}: requests ${since(now, kind).all}, failed ${since(now, kind).failed}`);
  const wrong = kinds.filter((kind) => since(now, kind).all === 0 || since(now, kind).failed > 0);
  if (wrong.length === 0) return said;
  throw new ConfigurationError({
    code: 'alert-not-delivered',
    where: `Alertmanager › ${wrong.join(', ')}`,
    problem: said.join('; '),
    fix: "its log has the receiver's answer: kubectl logs statefulset/alertmanager; then check address, secret and egress of the receiver",
  });
}

async function readRequests(ask: Ask): Promise<ReadonlyMap<string, Requests>> {
  return requestsByKind(await get(ask, '/metrics'));
}

/** The alert as Alertmanager has it, once it does. */
async function accepted(ask: Ask, id: string): Promise<ActiveAlert> {
  const path = `/api/v2/alerts?filter=${encodeURIComponent(`service="${serviceOf(id)}"`)}`;
  let found: ActiveAlert | undefined;
  await until(async () => {
    [found] = JSON.parse(await get(ask, path)) as ActiveAlert[];
    return found !== undefined && found.status.state !== 'unprocessed';
  }, 10_000);
  if (found === undefined) throw notAccepted('the alert is not among its alerts');
  return found;
}

/** Kinds of receivers, such as `slack`, by name; none for a receiver without a channel. */
async function kindsOf(ask: Ask, receivers: ActiveAlert['receivers']): Promise<ReadonlyMap<string, string>> {
  const { config } = JSON.parse(await get(ask, '/api/v2/status')) as { config: { original: string } };
  const configured = parse(config.original) as { receivers: readonly Readonly<Record<string, unknown>>[] };
  const named = configured.receivers.filter((one) => receivers.some(({ name }) => name === one.name));
  return new Map(
    named.flatMap((one) => {
      const kind = Object.keys(one).find((key) => key.endsWith('_configs'));
      return kind === undefined ? [] : [[`${one.name}`, kind.slice(0, -'_configs'.length)]];
    }),
  );
}

async function post(ask: Ask, environment: string, severity: string, id: string, endsAt?: Date): Promise<void> {
  const alert = {
    // Its separate service makes it a separate group, which is notified at once also when it is sent repeatedly.
    labels: { alertname: TEST_ALERT, severity, environment, service: serviceOf(id) },
    annotations: {
      summary: `Test of the alerts of ${environment}: nothing is wrong`,
      description: 'Sent by `npm run alert:test` to see that this receiver gets alerts. It ends by itself.',
      runbook: 'Nothing to do.',
    },
    startsAt: id,
    endsAt: (endsAt ?? new Date(Date.parse(id) + 10 * 60_000)).toISOString(),
  };
  const { status, body } = await ask('/api/v2/alerts', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([alert]),
  });
  if (status !== 200) throw notAccepted(`status ${status}: ${body.slice(0, 300)}`);
}

function serviceOf(id: string): string {
  return `test-of-${id}`;
}

async function get(ask: Ask, path: string): Promise<string> {
  const { status, body } = await ask(path);
  if (status !== 200) throw notAccepted(`GET ${path} got status ${status}: ${body.slice(0, 300)}`);
  return body;
}

function notAccepted(problem: string): ConfigurationError {
  return new ConfigurationError({
    code: 'alert-not-accepted',
    where: 'Alertmanager',
    problem,
    fix: 'kubectl logs statefulset/alertmanager shows what is wrong with it',
  });
}
