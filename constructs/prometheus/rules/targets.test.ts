import { testAlerts } from '../../../test/support/alerts.ts';
import { targetRules } from './targets.ts';

const [up, other, third] = [1, 2, 3].map((pod) => `up{job="users",instance="10.0.0.${pod}:8082"}`) as [
  string,
  string,
  string,
];

testAlerts(targetRules(['users', 'kafka'], true), {
  TargetDown: [
    {
      when: 'after five minutes without metrics of the only pod',
      series: { [up]: '1x5 0x10' },
      at: '12m',
      ends: { series: { [up]: '1x10' }, at: '18m' },
      fires: [{ labels: { job: 'users' }, summary: 'users: 100% of its pods have given no metrics for 5 minutes' }],
    },
    {
      when: 'when half of the pods are down',
      series: { [up]: '1x30', [other]: '0x30' },
      at: '12m',
      fires: [{ labels: { job: 'users' }, summary: 'users: 50% of its pods have given no metrics for 5 minutes' }],
    },
    { when: 'when one of three is down', series: { [up]: '1x30', [other]: '1x30', [third]: '0x30' }, at: '20m' },
    { when: 'during a restart', series: { [up]: '1x5 0x3 1x10' }, at: '9m' },
  ],
  PodDown: [
    {
      when: 'when one of many is down',
      series: { [up]: '1x30', [other]: '1x30', [third]: '0x30' },
      at: '20m',
      ends: { series: { [up]: '1x10', [other]: '1x10', [third]: '1x10' }, at: '35m' },
      fires: [
        {
          labels: { job: 'users', instance: '10.0.0.3:8082' },
          summary: 'users: 10.0.0.3:8082 has given no metrics for 15 minutes',
        },
      ],
    },
    { when: 'during a slow start', series: { [up]: '1x5 0x10 1x20' }, at: '20m' },
  ],
  TargetMissing: [
    {
      when: 'for a target without pods',
      series: { [up]: '1x30' },
      at: '15m',
      ends: { series: { 'up{job="kafka"}': '_x30 1x10' }, at: '35m' },
      fires: [{ labels: { job: 'kafka' }, summary: 'kafka has no pods' }],
    },
    { when: 'while each has one pod at least', series: { [up]: '1x30', 'up{job="kafka"}': '0x30' }, at: '15m' },
  ],
  ConfigurationNotReloaded: [
    {
      when: 'five minutes after a configuration was rejected',
      series: { 'prometheus_config_last_reload_successful{job="prometheus"}': '1x5 0x10' },
      at: '12m',
      ends: { series: { 'prometheus_config_last_reload_successful{job="prometheus"}': '1x10' }, at: '20m' },
      fires: [{ labels: { job: 'prometheus' }, summary: 'Prometheus can’t load its new configuration' }],
    },
    {
      when: 'while one that is fixed at once is reloaded',
      series: { 'prometheus_config_last_reload_successful{job="prometheus"}': '1x5 0x2 1x10' },
      at: '12m',
    },
  ],
  RuleFails: [
    {
      when: 'once a rule could not be evaluated',
      series: { 'prometheus_rule_evaluation_failures_total{job="prometheus"}': '0x5 1x10' },
      at: '8m',
      ends: { series: { 'prometheus_rule_evaluation_failures_total{job="prometheus"}': '1x20' }, at: '30m' },
      fires: [{ labels: { job: 'prometheus' }, summary: 'Prometheus can’t evaluate a rule' }],
    },
    {
      when: 'while all can',
      series: { 'prometheus_rule_evaluation_failures_total{job="prometheus"}': '0x15' },
      at: '15m',
    },
  ],
  AlertsNotDelivered: [
    {
      when: 'when a receiver rejects for 15 minutes',
      series: { 'alertmanager_notifications_failed_total{integration="slack"}': '0+1x40' },
      at: '30m',
      ends: { series: { 'alertmanager_notifications_failed_total{integration="slack"}': '40x30' }, at: '65m' },
      fires: [{ labels: { integration: 'slack' }, summary: 'Alertmanager can’t deliver to slack' }],
    },
    {
      when: 'after one rejection',
      series: { 'alertmanager_notifications_failed_total{integration="slack"}': '0x5 1x40' },
      at: '30m',
    },
  ],
  AlertmanagersDisagree: [
    {
      when: 'when one sees fewer than there are',
      series: {
        'up{job="alertmanager",instance="a"}': '1x30',
        'up{job="alertmanager",instance="b"}': '1x30',
        'alertmanager_cluster_members{instance="a"}': '1x30',
        'alertmanager_cluster_members{instance="b"}': '1x30',
      },
      at: '20m',
      ends: {
        series: {
          'alertmanager_cluster_members{instance="a"}': '2x10',
          'alertmanager_cluster_members{instance="b"}': '2x10',
          'up{job="alertmanager",instance="a"}': '1x10',
          'up{job="alertmanager",instance="b"}': '1x10',
        },
        at: '38m',
      },
      fires: [{ summary: 'The Alertmanagers can’t reach each other' }],
    },
    {
      when: 'when each sees all',
      series: {
        'up{job="alertmanager",instance="a"}': '1x30',
        'up{job="alertmanager",instance="b"}': '1x30',
        'alertmanager_cluster_members{instance="a"}': '2x30',
        'alertmanager_cluster_members{instance="b"}': '2x30',
      },
      at: '20m',
    },
  ],
});
