import { testAlerts } from '../../../test/support/alerts.ts';
import { eventRules } from './events.ts';

const lag = (instance: string) =>
  `events_consumer_lag{service="notifications",event="user.registered",instance="${instance}"}`;
const dead = 'events_dead_lettered_total{service="notifications",event="user.registered",reason="invalid"}';

testAlerts(eventRules, {
  OutboxStuck: [
    {
      when: 'when an event waits for ten minutes',
      series: { 'outbox_oldest_seconds{service="users",instance="a"}': '0+60x20' },
      at: '15m',
      fires: [{ labels: { service: 'users' }, summary: 'users: its oldest event has waited 15m 0s to be published' }],
    },
    {
      when: 'while events wait for seconds',
      series: { 'outbox_oldest_seconds{service="users",instance="a"}': '3x20' },
      at: '15m',
    },
  ],
  ConsumerLagGrows: [
    {
      when: 'when the lag of a group grows',
      series: { [lag('a')]: '0+10x90', [lag('b')]: '0+10x90' },
      at: '60m',
      fires: [
        {
          labels: { service: 'notifications', event: 'user.registered' },
          summary: 'notifications is 1200 events of user.registered behind, and its lag grows',
        },
      ],
    },
    { when: 'when they catch up with a burst', series: { [lag('a')]: '5000-50x90' }, at: '60m' },
    { when: 'when the lag is small', series: { [lag('a')]: '0+1x90' }, at: '60m' },
  ],
  EventsDeadLettered: [
    {
      when: 'when an event was moved to the dead-letter topic',
      series: { [dead]: '0x5 1x10' },
      at: '10m',
      fires: [
        {
          labels: { service: 'notifications', event: 'user.registered', reason: 'invalid' },
          summary: 'notifications dead-lettered user.registered: invalid',
        },
      ],
    },
    { when: 'later on', series: { [dead]: '0x5 1x60' }, at: '40m' },
  ],
});
