import { expect, test } from '@jest/globals';
import { alertmanagerConfig } from '../../../constructs/prometheus/routing.ts';
import { withAlertmanager, withWebhook } from '../../../test/support/alertmanager.ts';
import type { Ask } from '../../deploy/index.ts';
import { requestsByKind } from './notifications.ts';
import { sendTestAlert } from './send-test-alert.ts';

const progress = { step: () => {}, say: () => {}, skipped: () => {} };
const send = (ask: Ask, severity: 'page' | 'ticket' = 'page', timeout = 60_000) =>
  sendTestAlert({ ask, environment: 'dev', severity, progress, timeout });

/** The platform's configuration, without the half minute that alerts are grouped for. */
const config = (page?: string, ticket?: string) => {
  const to = (name: string, url: string | undefined) =>
    url === undefined ? [] : [{ kind: 'webhook', name, url, authenticated: false } as const];
  return alertmanagerConfig({ page: to('on-call', page), ticket: to('team', ticket) }, []).replace(
    'group_wait: "30s"',
    'group_wait: "0s"',
  );
};

test('the receivers of the severity get the alert, which says that it is a test', () =>
  withWebhook(200, (url, got) =>
    withAlertmanager(config(url, 'http://127.0.0.1:1/'), async (ask) => {
      expect(await send(ask)).toEqual([
        'Alertmanager accepted TestAlert with severity page',
        'receivers: on-call (webhook)',
        'webhook: requests 1, failed 0',
      ]);
      expect(got[0]?.alerts).toMatchObject([
        {
          status: 'firing',
          labels: { alertname: 'TestAlert', severity: 'page', environment: 'dev' },
          annotations: { summary: 'Test of the alerts of dev: nothing is wrong' },
        },
      ]);
      // A second one is not held back as a repetition of the first.
      expect(await send(ask)).toContain('webhook: requests 1, failed 0');
    }),
  ));

test('a receiver that answers 500 is reported', () =>
  withWebhook(500, (url) =>
    withAlertmanager(config(url), (ask) =>
      expect(send(ask)).rejects.toMatchObject({
        code: 'alert-not-delivered',
        where: 'Alertmanager › webhook',
        problem: expect.stringMatching(/^webhook: requests \d+, failed \d+$/),
      }),
    ),
  ));

test('where no receiver gets the severity, the lines say so', () =>
  withAlertmanager(config('http://127.0.0.1:1/'), async (ask) =>
    expect(await send(ask, 'ticket')).toEqual([
      'Alertmanager accepted TestAlert with severity ticket',
      'no receiver: alerts of severity ticket are only visible in Alertmanager',
    ]),
  ));

test('a silence that applies to it is reported', () =>
  withWebhook(200, (url) =>
    withAlertmanager(config(url), async (ask) => {
      const silence = {
        matchers: [{ name: 'severity', value: 'page', isRegex: false, isEqual: true }],
        startsAt: new Date().toISOString(),
        endsAt: new Date(Date.now() + 3_600_000).toISOString(),
        createdBy: 'test',
        comment: 'test',
      };
      const headers = { 'content-type': 'application/json' };
      await ask('/api/v2/silences', { method: 'POST', headers, body: JSON.stringify(silence) });
      await expect(send(ask)).rejects.toMatchObject({ code: 'alert-not-accepted' });
    }),
  ));

test('an answer that is no success is reported', async () => {
  const ask: Ask = async () => ({ status: 503, body: 'not ready' });
  await expect(send(ask)).rejects.toMatchObject({
    code: 'alert-not-accepted',
    problem: 'GET /metrics got status 503: not ready',
  });
});

test('requests are summed by kind of receiver, over all other labels', () => {
  const metrics = [
    '# HELP alertmanager_notification_requests_total The total number of attempted notification requests.',
    'alertmanager_notification_requests_total{integration="slack",receiver_name="a"} 2',
    'alertmanager_notification_requests_total{integration="slack",receiver_name="b"} 3',
    'alertmanager_notification_requests_failed_total{integration="slack",reason="serverError"} 1',
    'alertmanager_notifications_total{integration="slack"} 9',
  ].join('\n');
  expect(requestsByKind(metrics)).toEqual(new Map([['slack', { all: 5, failed: 1 }]]));
});
