import type { Manifest } from '@groundwork/constructs';
import { parse } from 'yaml';
import { isKind } from '../../../../../constructs/kubernetes/read.ts';
import { holdsData } from '../../../../bridge/data-stores.ts';
import { rule } from '../../rule.ts';
import { sample } from '../../samples.ts';

/** What is read of Alertmanager's configuration. */
interface Config {
  readonly route?: Route;
  readonly receivers?: readonly Readonly<Record<string, unknown>>[];
}

interface Route {
  readonly receiver?: string;
  readonly matchers?: readonly string[];
  readonly routes?: readonly Route[];
}

const FIELD = 'data.alertmanager.yml';

/** Matchers of the routes whose receiver sends notifications, with those of the routes around it. */
function notifyingRoutes({ route = {}, receivers = [] }: Config): readonly (readonly string[])[] {
  const notifying = new Set(
    receivers
      .filter((receiver) => Object.keys(receiver).some((key) => key.endsWith('_configs')))
      .map(({ name }) => name),
  );
  const below = ({ matchers = [], ...one }: Route, around: readonly string[], inherited?: string): string[][] => {
    const [all, receiver = inherited] = [[...around, ...matchers], one.receiver];
    const inner = (one.routes ?? []).flatMap((next) => below(next, all, receiver));
    return notifying.has(receiver) ? [[...all], ...inner] : inner;
  };
  return below(route, []);
}

const isWatchdog = (matchers: readonly string[]): boolean => matchers.some((matcher) => matcher.includes('Watchdog'));
const isPage = (matchers: readonly string[]): boolean =>
  !isWatchdog(matchers) && matchers.every((matcher) => /^severity\s*=~?\s*"[^"]*\bpage\b[^"]*"$/.test(matcher));

const alertmanager = (config: object): Manifest =>
  sample('v1', 'ConfigMap', 'alertmanager', { data: { 'alertmanager.yml': JSON.stringify(config) } });
const store = sample('v1', 'PersistentVolumeClaim', 'protected');
const receivers = [
  { name: 'none' },
  { name: 'pager', pagerduty_configs: [{}] },
  { name: 'switch', webhook_configs: [{}] },
];
const watchdog = { receiver: 'switch', matchers: ['alertname="Watchdog"'] };
const page = { receiver: 'pager', matchers: ['severity="page"'] };

export const alertsReceived = rule({
  id: 'alerts-received',
  why: 'an alert that nobody receives, and a failure of the alerting itself, are noticed by customers first',
  source: 'Google SRE book, chapter 6: Monitoring Distributed Systems; kube-prometheus, alert Watchdog',
  fix: 'set alerting of Prometheus: page with a receiver, and deadMansSwitch',
  severity: 'critical',
  sees: 'environment',
  check: (object, { objects, isProtected = () => false }) => {
    const text: unknown = isKind(object, 'ConfigMap') ? object.data?.['alertmanager.yml'] : undefined;
    if (typeof text !== 'string' || !objects.some((one) => holdsData(one) && isProtected(one))) return [];
    const routes = notifyingRoutes(parse(text) ?? {});
    return [
      ...(routes.some(isPage)
        ? []
        : [
            {
              field: FIELD,
              what: 'has no receiver for alerts that require action at once, but data is protected here',
            },
          ]),
      ...(routes.some(isWatchdog)
        ? []
        : [
            {
              field: FIELD,
              what: 'has no receiver for the Watchdog alert, so nobody notices when alerting itself fails',
            },
          ]),
    ];
  },
  samples: {
    good: [store, alertmanager({ route: { receiver: 'none', routes: [watchdog, page] }, receivers })],
    bad: [alertmanager({ route: { receiver: 'none' }, receivers }), store],
    alsoBad: [
      [alertmanager({ route: { receiver: 'none', routes: [watchdog] }, receivers }), store],
      [alertmanager({ route: { receiver: 'pager' }, receivers }), store],
    ],
    nearMisses: [
      [alertmanager({ route: { receiver: 'none' }, receivers })],
      [store, alertmanager({ route: { receiver: 'pager', routes: [watchdog] }, receivers })],
    ],
  },
});
