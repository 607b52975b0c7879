import { IDENTITY_FOLDER } from '../identity/index.ts';
import { toYaml } from '../kubernetes/yaml.ts';
import type { Readable } from '../prometheus/index.ts';
import { DATASOURCE } from './dashboards/index.ts';
import { type Database, databaseSettings } from './database.ts';
import { type SignIn, signInSettings } from './sign-in.ts';

export const GRAFANA_PORT = 3000;
/** Folder of Grafana's deploy-time secrets, one file for each. */
export const SECRETS = '/var/run/groundwork/grafana';
export const PROVISIONING = '/etc/grafana/provisioning';
export const DASHBOARDS = '/etc/grafana/dashboards';
/** File with the certificate of the identity provider's authority, if it is private. */
export const AUTHORITY = 'sign-in-authority.crt';

export interface ConfigurationProps {
  /** URL that users open. */
  readonly url: string;
  readonly database: Database | undefined;
  readonly signIn: SignIn | undefined;
}

/** `grafana.ini`: no anonymous access, no manual changes of provisioned content, no telemetry. */
export function grafanaIni({ url, database, signIn }: ConfigurationProps): string {
  return ini({
    server: {
      protocol: 'https',
      http_port: `${GRAFANA_PORT}`,
      root_url: url,
      cert_file: `${IDENTITY_FOLDER}/tls.crt`,
      cert_key: `${IDENTITY_FOLDER}/tls.key`,
      certs_watch_interval: '1m', // a renewed certificate is used within a minute
      min_tls_version: 'TLS1.3',
    },
    paths: { data: '/var/lib/grafana', provisioning: PROVISIONING, plugins: '/var/lib/grafana/plugins' },
    database: database === undefined ? { type: 'sqlite3', wal: 'true' } : databaseSettings(database),
    security: {
      admin_user: 'admin',
      admin_password: `$__file{${SECRETS}/admin}`,
      secret_key: `$__file{${SECRETS}/secret-key}`,
      cookie_secure: 'true',
      cookie_samesite: 'lax', // 'strict' would drop the session on the redirect from the identity provider
      strict_transport_security: 'true',
      disable_gravatar: 'true',
    },
    users: {
      allow_sign_up: 'false',
      allow_org_create: 'false',
      viewers_can_edit: 'false',
      auto_assign_org_role: 'Viewer',
    },
    auth: {
      disable_login_form: 'false',
      oauth_auto_login: 'false',
      // Permissions are only checked at sign-in, so sessions end within a day instead of the default of 30.
      ...(signIn === undefined ? {} : { login_maximum_lifetime_duration: '1d' }),
    },
    'auth.anonymous': { enabled: 'false' },
    'auth.generic_oauth':
      signIn === undefined
        ? { enabled: 'false' }
        : signInSettings(signIn, { secret: `${SECRETS}/oidc`, authority: `/etc/grafana/${AUTHORITY}` }),
    dashboards: { default_home_dashboard_path: `${DASHBOARDS}/overview.json` },
    // Alerting is the responsibility of Prometheus and Alertmanager.
    unified_alerting: { enabled: 'false' },
    analytics: {
      reporting_enabled: 'false',
      check_for_updates: 'false',
      check_for_plugin_updates: 'false',
      feedback_links_enabled: 'false',
    },
    plugins: { plugin_admin_enabled: 'false', public_key_retrieval_disabled: 'true', preinstall_disabled: 'true' },
    news: { news_feed_enabled: 'false' },
    // Snapshots are copies of data without access control; users can open the dashboard instead.
    snapshots: { enabled: 'false' },
    metrics: { enabled: 'false' },
    log: { mode: 'console' },
    'log.console': { format: 'json' },
  });
}

/** The data source, which authenticates to Prometheus with Grafana's certificate. */
export function datasources({ url, serverName }: Readable): string {
  const file = (name: string): string => `$__file{${IDENTITY_FOLDER}/${name}}`;
  return toYaml([
    {
      apiVersion: 1,
      prune: true,
      datasources: [
        {
          name: 'Prometheus',
          uid: DATASOURCE,
          type: 'prometheus',
          access: 'proxy',
          url,
          isDefault: true,
          editable: false,
          jsonData: { httpMethod: 'POST', tlsAuth: true, tlsAuthWithCACert: true, serverName },
          secureJsonData: { tlsCACert: file('ca.crt'), tlsClientCert: file('tls.crt'), tlsClientKey: file('tls.key') },
        },
      ],
    },
  ]);
}

/** Provider of the dashboards, which are read-only. */
export function dashboardProvider(): string {
  return toYaml([
    {
      apiVersion: 1,
      providers: [
        {
          name: 'groundwork',
          type: 'file',
          allowUiUpdates: false,
          disableDeletion: true,
          updateIntervalSeconds: 30,
          options: { path: DASHBOARDS },
        },
      ],
    },
  ]);
}

function ini(sections: Readonly<Record<string, Readonly<Record<string, string>>>>): string {
  const section = ([name, settings]: [string, Readonly<Record<string, string>>]): string =>
    [`[${name}]`, ...Object.entries(settings).map(([key, value]) => `${key} = ${value}`)].join('\n');
  return `${Object.entries(sections).map(section).join('\n\n')}\n`;
}
