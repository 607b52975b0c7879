import { type Contract, contract, event } from '@groundwork/contract';
import { Type } from 'typebox';
import { testAlerts } from '../../../test/support/alerts.ts';
import { eventRules } from './events.ts';

const lag = (instance: string) =>
  `events_consumer_lag{service="notifications",event="user.registered",instance="${instance}"}`;
const dead = 'events_dead_lettered_total{service="notifications",event="user.registered",reason="invalid"}';

const made = (outcome: string, instance = 'a') =>
  `events_consumed_total{service="notifications",event="user.registered",outcome="${outcome}",instance="${instance}"}`;
const deadOf = (instance: string) =>
  `events_dead_lettered_total{service="notifications",event="user.registered",reason="invalid",instance="${instance}"}`;
const registered = event('user.registered', 1, Type.Object({ id: Type.String() }), { key: 'id' });
const notifications = contract('notifications', { consumes: [registered] }) as unknown as Contract;

testAlerts(eventRules([notifications]), {
  ConsumerMissing: [
    {
      when: 'when the group has no member, so that no pod reports a lag',
      series: {},
      at: '15m',
      ends: { series: { [lag('a')]: '_x16 0x20' }, at: '20m' },
      fires: [
        {
          labels: { service: 'notifications', event: 'user.registered' },
          summary: 'notifications has no consumer of user.registered',
        },
      ],
    },
    { when: 'while one reports a lag of 0', series: { [lag('a')]: '0x30' }, at: '15m' },
  ],
  ConsumerStuck: [
    {
      when: 'when the lag jumps and stays',
      series: { [lag('a')]: '0x5 90x60', [made('handled')]: '40x65', [deadOf('a')]: '0x65' },
      at: '60m',
      ends: { series: { [lag('a')]: '0x20', [made('handled')]: '130x20' }, at: '75m' },
      fires: [
        {
          labels: { service: 'notifications', event: 'user.registered', instance: 'a' },
          summary: 'notifications makes no progress with user.registered: 90 events wait',
        },
      ],
    },
    {
      when: 'while others of the group work',
      series: {
        [lag('a')]: '9x60',
        [made('handled')]: '40x60',
        [deadOf('a')]: '0x60',
        [lag('b')]: '9x60',
        [made('handled', 'b')]: '0+9x60',
        [deadOf('b')]: '0x60',
      },
      at: '40m',
      fires: [
        {
          labels: { service: 'notifications', event: 'user.registered', instance: 'a' },
          summary: 'notifications makes no progress with user.registered: 9 events wait',
        },
      ],
    },
    {
      when: 'when nothing is published',
      series: { [lag('a')]: '0x60', [made('handled')]: '40x60', [deadOf('a')]: '0x60' },
      at: '40m',
    },
    {
      when: 'when each event is dead-lettered, which another alert reports',
      series: { [lag('a')]: '9x60', [made('handled')]: '40x60', [deadOf('a')]: '0+1x60' },
      at: '40m',
    },
  ],
  ConsumerBehind: [
    {
      when: 'when a constant lag is never worked off',
      series: { [lag('a')]: '50000x90' },
      at: '80m',
      ends: { series: { [lag('a')]: '10x20' }, at: '95m' },
      fires: [
        {
          labels: { service: 'notifications', event: 'user.registered' },
          summary: 'notifications has been 50000 events of user.registered behind for an hour',
        },
      ],
    },
    { when: 'after a burst', series: { [lag('a')]: '0x20 50000x30 0x60' }, at: '80m' },
  ],
  OutboxStuck: [
    {
      when: 'when an event waits for ten minutes',
      series: { 'outbox_oldest_seconds{service="users",instance="a"}': '0+60x20' },
      at: '15m',
      ends: { series: { 'outbox_oldest_seconds{service="users",instance="a"}': '0x20' }, at: '25m' },
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
      ends: { series: { [lag('a')]: '900-50x18', [lag('b')]: '900-50x18' }, at: '110m' },
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
      ends: { series: { [dead]: '1x40' }, at: '40m' },
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
