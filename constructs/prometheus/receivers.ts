import { ConfigurationError, dnsLabel } from '@groundwork/contract';
import { type ExternalEndpoint, validateExternalEndpoints } from '../kubernetes/network-policy.ts';

/** Who is told, and by which way. What is secret in it is a deploy-time secret `alertmanager/<name>`, in a file that Alertmanager reads at each message. */
export type Receiver = WebhookReceiver | EmailReceiver | SlackReceiver | PagerDutyReceiver;

/** Posts alerts as JSON. @see https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export interface WebhookReceiver {
  readonly kind: 'webhook';
  /** DNS label, such as `on-call`. */
  readonly name: string;
  /** No part of it may be secret: it stands in a ConfigMap. */
  readonly url: string;
  /** Whether to send a bearer token, a deploy-time secret. @default true */
  readonly authenticated?: boolean;
}

/** By SMTP with STARTTLS; the password is a deploy-time secret. */
export interface EmailReceiver {
  readonly kind: 'email';
  readonly name: string;
  readonly to: string;
  readonly from: string;
  /** As `host:port`. */
  readonly server: string;
  readonly user: string;
}

/** A Slack channel by an incoming webhook, whose URL is a deploy-time secret. */
export interface SlackReceiver {
  readonly kind: 'slack';
  readonly name: string;
  /** Such as `#shop-alerts`. */
  readonly channel: string;
}

/** A PagerDuty service by its Events API v2; the routing key is a deploy-time secret. */
export interface PagerDutyReceiver {
  readonly kind: 'pagerduty';
  readonly name: string;
}

/** Who is told of what, and the way there. */
export interface Alerting {
  /** Told of alerts that somebody must act upon now. @default nobody: they show in the web interfaces only */
  readonly page?: readonly Receiver[];
  /** Told of alerts that have days. @default nobody */
  readonly ticket?: readonly Receiver[];
  /** Where the receivers are, for the NetworkPolicy. @default nowhere */
  readonly egress?: readonly ExternalEndpoint[];
}

/** Folder of the receivers' secrets, a file each by the receiver's name. */
export const RECEIVER_FOLDER = '/var/run/groundwork/receivers';

/** All receivers, each once. */
export function receiversOf({ page = [], ticket = [] }: Alerting): readonly Receiver[] {
  return [...new Map([...page, ...ticket].map((receiver) => [receiver.name, receiver])).values()];
}

/** Whether a receiver has something secret. */
export function hasSecret(receiver: Receiver): boolean {
  return receiver.kind !== 'webhook' || (receiver.authenticated ?? true);
}

/** A receiver's part of the configuration, in words that Alertmanager 0.25 knows already. */
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

/** Receiver of alerts that nobody is told of; Alertmanager wants one for all that no route takes. */
export const NOBODY = 'nobody';

export function validateAlerting(where: string, alerting: Alerting): ConfigurationError[] {
  const { page = [], ticket = [], egress = [] } = alerting;
  const receivers = receiversOf(alerting);
  const found = validateExternalEndpoints(`${where} › egress`, egress);
  for (const receiver of receivers) dnsLabel(receiver.name, `${where} › receiver '${receiver.name}'`);
  for (const receiver of [...page, ...ticket]) {
    const at = `${where} › receiver '${receiver.name}'`;
    const duplicate = receivers.find(({ name }) => name === receiver.name);
    if (JSON.stringify(duplicate) !== JSON.stringify(receiver))
      found.push(
        new ConfigurationError({
          code: 'receiver-duplicate',
          where: at,
          problem: 'there are two different receivers of this name',
          fix: 'give them different names',
        }),
      );
    if (receiver.name === NOBODY)
      found.push(
        new ConfigurationError({
          code: 'receiver-invalid',
          where: at,
          problem: 'the name is reserved for alerts without a receiver',
          fix: 'choose another name',
        }),
      );
    if (receiver.kind === 'webhook' && !URL.canParse(receiver.url))
      found.push(
        new ConfigurationError({
          code: 'receiver-invalid',
          where: `${at} › url`,
          problem: `'${receiver.url}' is no URL`,
          fix: "write 'https://…'",
        }),
      );
    if (receiver.kind === 'email' && !/^[^\s:]+:\d+$/.test(receiver.server)) {
      found.push(
        new ConfigurationError({
          code: 'receiver-invalid',
          where: `${at} › server`,
          problem: `'${receiver.server}' is no host with a port`,
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
        problem: 'there are receivers, and no way out to them',
        fix: "name their networks and ports: egress: [{ cidrs: ['203.0.113.0/24'], ports: [443] }]",
      }),
    );
  }
  return found;
}
