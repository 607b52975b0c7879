import { ConfigurationError, dnsLabel } from '@groundwork/contract';
import { type ExternalEndpoint, validateExternalEndpoints } from '../kubernetes/network-policy.ts';

/** A receiver of alerts. Its credential is the deploy-time secret `alertmanager/<name>`, a file that Alertmanager reads for each notification. */
export type Receiver = WebhookReceiver | EmailReceiver | SlackReceiver | PagerDutyReceiver;

/** A webhook that receives alerts as JSON. @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export interface WebhookReceiver {
  readonly kind: 'webhook';
  /** Name, a DNS label such as `on-call`. */
  readonly name: string;
  /** URL. It must not contain a secret, since it is part of a ConfigMap. */
  readonly url: string;
  /** Whether to send a bearer token, a deploy-time secret. @default true */
  readonly authenticated?: boolean;
}

/** Email over SMTP with STARTTLS; the password is a deploy-time secret. */
export interface EmailReceiver {
  readonly kind: 'email';
  /** Name, a DNS label such as `on-call`. */
  readonly name: string;
  /** Recipient address. */
  readonly to: string;
  /** Sender address. */
  readonly from: string;
  /** SMTP server as `host:port`. */
  readonly server: string;
  /** User name for SMTP authentication. */
  readonly user: string;
}

/** A Slack channel with an incoming webhook, whose URL is a deploy-time secret. */
export interface SlackReceiver {
  readonly kind: 'slack';
  /** Name, a DNS label such as `on-call`. */
  readonly name: string;
  /** Channel, such as `#shop-alerts`. */
  readonly channel: string;
}

/** A PagerDuty service with the Events API v2; the routing key is a deploy-time secret. */
export interface PagerDutyReceiver {
  readonly kind: 'pagerduty';
  /** Name, a DNS label such as `on-call`. */
  readonly name: string;
}

/** Receivers of alerts by severity. */
export interface Alerting {
  /** Receivers of alerts that require immediate action. @default none: alerts are only visible in the web interfaces */
  readonly page?: readonly Receiver[];
  /** Receivers of alerts that require action within days. @default none */
  readonly ticket?: readonly Receiver[];
  /**
   * Service outside of the cluster that notifies the engineers on call when the alert `Watchdog`, which it gets every minute, no
   * longer arrives. @default none: nobody notices when Prometheus, Alertmanager or their network fails
   */
  readonly deadMansSwitch?: Receiver;
  /** Networks and ports of the receivers, for the NetworkPolicy. @default none */
  readonly egress?: readonly ExternalEndpoint[];
}

/** Folder of the receivers' secrets, one file for each receiver, with its name. */
export const RECEIVER_FOLDER = '/var/run/groundwork/receivers';

/** All receivers without duplicates. */
export function receiversOf(alerting: Alerting): readonly Receiver[] {
  return [...new Map(listed(alerting).map((receiver) => [receiver.name, receiver])).values()];
}

function listed({ page = [], ticket = [], deadMansSwitch }: Alerting): readonly Receiver[] {
  return [...page, ...ticket, ...(deadMansSwitch === undefined ? [] : [deadMansSwitch])];
}

/** Whether a receiver has a secret. */
export function hasSecret(receiver: Receiver): boolean {
  return receiver.kind !== 'webhook' || (receiver.authenticated ?? true);
}

/** Configuration of a receiver, for Alertmanager 0.25 or newer. */
export function integration(receiver: Receiver): object {
  const file = `${RECEIVER_FOLDER}/${receiver.name}`;
  switch (receiver.kind) {
    case 'webhook':
      return {
        webhook_configs: [
          {
            url: receiver.url,
            ...(hasSecret(receiver) ? { http_config: { authorization: { credentials_file: file } } } : {}),
          },
        ],
      };
    case 'email': {
      const { to, from, server, user } = receiver;
      return {
        email_configs: [
          {
            to,
            from,
            smarthost: server,
            auth_username: user,
            auth_password_file: file,
            require_tls: true,
            send_resolved: true,
          },
        ],
      };
    }
    case 'slack':
      return { slack_configs: [{ channel: receiver.channel, api_url_file: file, send_resolved: true }] };
    case 'pagerduty':
      return { pagerduty_configs: [{ routing_key_file: file }] };
  }
}

/** Empty default receiver, which Alertmanager requires for alerts without a route. */
export const NO_RECEIVER = 'none';

export function validateAlerting(where: string, alerting: Alerting): ConfigurationError[] {
  const { egress = [] } = alerting;
  const receivers = receiversOf(alerting);
  const found = validateExternalEndpoints(`${where} › egress`, egress);
  for (const receiver of receivers) dnsLabel(receiver.name, `${where} › receiver '${receiver.name}'`);
  for (const receiver of listed(alerting)) {
    const at = `${where} › receiver '${receiver.name}'`;
    const duplicate = receivers.find(({ name }) => name === receiver.name);
    if (JSON.stringify(duplicate) !== JSON.stringify(receiver))
      found.push(
        new ConfigurationError({
          code: 'receiver-duplicate',
          where: at,
          problem: 'two different receivers have this name',
          fix: 'give them different names',
        }),
      );
    if (receiver.name === NO_RECEIVER)
      found.push(
        new ConfigurationError({
          code: 'receiver-invalid',
          where: at,
          problem: 'the name is reserved for alerts without a receiver',
          fix: 'use another name',
        }),
      );
    if (receiver.kind === 'webhook' && !URL.canParse(receiver.url))
      found.push(
        new ConfigurationError({
          code: 'receiver-invalid',
          where: `${at} › url`,
          problem: `url must be a URL, got '${receiver.url}'`,
          fix: "write 'https://…'",
        }),
      );
    if (receiver.kind === 'email' && !/^[^\s:]+:\d+$/.test(receiver.server)) {
      found.push(
        new ConfigurationError({
          code: 'receiver-invalid',
          where: `${at} › server`,
          problem: `server must be 'host:port', got '${receiver.server}'`,
          fix: "write 'smtp.example:587'",
        }),
      );
    }
  }
  if (receivers.length > 0 && egress.length === 0) {
    found.push(
      new ConfigurationError({
        code: 'receiver-unreachable',
        where: `${where} › egress`,
        problem: 'receivers are configured, but no egress to them',
        fix: "list their networks and ports: egress: [{ cidrs: ['203.0.113.0/24'], ports: [443] }]",
      }),
    );
  }
  return found;
}
