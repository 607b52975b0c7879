import type { Manifest } from '@groundwork/constructs';
import { isKind, type Kinds, ofKind } from '../../../../constructs/kubernetes/read.ts';
import { canonical, pathText } from '../diff/index.ts';
import type { Observation, Severity } from '../finding.ts';
import type { ObjectChange } from '../objects.ts';
import { secretsOf } from '../workloads.ts';
import { about, type EnvironmentChange, type EnvironmentRule } from './rule.ts';

/** A part of a certificate, and the effect of a change on the clients and servers that verify it. */
interface Part {
  readonly path: RegExp;
  readonly severity: Severity;
  readonly what: string;
  readonly advice: string;
}

const AGAIN = 'it is reissued immediately';
const READ = 'check that the workloads that mount it reload their files';

/**
 * Fields for which cert-manager issues a certificate again as soon as they change; others wait for the next renewal.
 * @see RequestMatchesSpec and SecretPrivateKeyMatchesSpec in cert-manager's pkg/util/pki/match.go
 */
const PARTS: readonly Part[] = [
  {
    path: /^spec\.issuerRef/,
    severity: 'critical',
    what: `${AGAIN} by another CA: clients that trust only the old CA reject it`,
    advice: 'trust both CAs everywhere first, then change the issuer, then remove the old CA',
  },
  {
    path: /^spec\.isCA$/,
    severity: 'critical',
    what: `${AGAIN}, and whether it is a CA changes`,
    advice: 'check that this is intended: a CA signs certificates for others',
  },
  {
    path: /^spec\.(uris|commonName|subject|literalSubject|emailAddresses|otherNames)/,
    severity: 'critical',
    what: `${AGAIN} for another identity: servers that allow only the old identity reject it`,
    advice: 'allow both identities first, wherever callers are listed',
  },
  {
    path: /^spec\.(dnsNames|ipAddresses)/,
    severity: 'warning',
    what: `${AGAIN} for other names: clients that connect by a removed name reject it`,
    advice: 'keep a name until no client connects by it',
  },
  {
    path: /^spec\.privateKey\.(algorithm|size|encoding)$/,
    severity: 'info',
    what: `${AGAIN}, with another type of key`,
    advice: `check that all clients and servers support this type of key; ${READ}`,
  },
  { path: /^spec\.(duration|usages)/, severity: 'info', what: AGAIN, advice: READ },
];

/**
 * Certificates that are reissued, and the effect on workloads that present or verify them. One finding for the same
 * change of many.
 */
export const certificates: EnvironmentRule = {
  id: 'certificates',
  check: (environment) => {
    const changed = environment.changes.filter(
      ({ kind, after, before }) => kind === 'Certificate' && after !== undefined && before !== undefined,
    );
    const found = changed.flatMap((change) => [...issued(change, environment), ...moved(change)]);
    const groups = Map.groupBy(found, ({ what, field, before, after }) => canonical([what, field, before, after]));
    return [...[...groups.values()].flatMap(oneOf), ...ended(environment)];
  },
};

function issued(change: ObjectChange, environment: EnvironmentChange): Observation[] {
  return PARTS.flatMap((part): Observation[] => {
    const field = change.fields.find(({ path }) => part.path.test(pathText(path)));
    if (field === undefined) return [];
    const { privateKey, secretName, isCA }: CertificateSpec = specOf(change.after);
    if (pathText(field.path).startsWith('spec.privateKey') && privateKey?.rotationPolicy === 'Never') {
      const what =
        'it is never reissued: its key does not match, and rotationPolicy Never keeps cert-manager from generating another';
      return [
        about(change, 'critical', what, 'change its key in steps, as described in the guide on identities', field),
      ];
    }
    const never = isCA === true ? [] : stale(secretName, environment.after);
    const late = never.length === 0 ? '' : `; ${never.join(', ')} load it only when they restart`;
    return [about(change, part.severity, `${part.what}${late}`, part.advice, field)];
  });
}

/** Another Secret: the old one stays unchanged and is no longer renewed. */
function moved(change: ObjectChange): Observation[] {
  const what = 'it is issued into another Secret: the old one stays and expires';
  return change.fields
    .filter(({ path }) => pathText(path) === 'spec.secretName')
    .map((field) => about(change, 'warning', what, 'check that all workloads mount the new Secret', field));
}

/** Certificates that are deleted while workloads still mount their Secrets. */
function ended({ changes, after: all }: EnvironmentChange): Observation[] {
  const kept = new Set(ofKind(all, 'Certificate').map(({ spec }) => spec?.secretName));
  return changes
    .filter(({ action }) => action === 'delete')
    .flatMap((change): Observation[] => {
      const { secretName } = specOf(change.before);
      if (secretName === undefined || kept.has(secretName)) return [];
      const users = all.filter((one) => secretsOf(one).some(({ name }) => name === secretName));
      if (users.length === 0) return [];
      const what = `it is no longer renewed, and ${users.map(nameOf).join(', ')} still use it until it expires`;
      return [about(change, 'critical', what, 'keep it until these workloads use another')];
    });
}

/** Workloads whose pods don't see changes of a Secret: they use it in environment variables or mount it by subPath. */
function stale(secret: string | undefined, all: readonly Manifest[]): string[] {
  return all.filter((one) => secretsOf(one).some(({ name, isLive }) => name === secret && !isLive)).map(nameOf);
}

function nameOf({ kind, metadata }: Manifest): string {
  return `${kind}/${metadata.name}`;
}

type CertificateSpec = NonNullable<Kinds['Certificate']['spec']>;

function specOf(manifest: Manifest | undefined): CertificateSpec {
  return (isKind(manifest, 'Certificate') && manifest.spec) || {};
}

/** One finding for the same change of several certificates, which its note names. */
function oneOf(group: readonly Observation[]): Observation[] {
  const [first, ...others] = group;
  if (first === undefined || others.length === 0) return [...group];
  const names = group.map(({ subject }) => subject.replace(/^.*\//, ''));
  const { source: _, ...common } = first;
  return [{ ...common, subject: 'Certificate/*', note: `${names.length} certificates: ${names.join(', ')}` }];
}
