import type { Manifest } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { systemOf } from '../../tools/testing/system-of.ts';
import { enforce } from './enforce.ts';
import type { Exception } from './exceptions.ts';
import { noHostPort } from './rules/pods/no-host-port.ts';
import { containing } from './samples.ts';
import { type PolicyOptions, violations } from './violations.ts';

const open = containing({ ports: [{ name: 'http', containerPort: 8080, hostPort: 80 }] });
const exception: Exception = {
  rule: 'no-host-port',
  object: 'Deployment/users',
  environments: ['dev'],
  reason: 'one machine',
  expires: '2027-06-30',
};
const judge = (options: Partial<PolicyOptions> = {}, objects = [open]) =>
  violations(objects, { environment: 'dev', rules: [noHostPort], ...options }).map(
    ({ rule, object, field, what }) => `${rule}: ${object} ${field} ${what}`,
  );

const BROKEN =
  'no-host-port: Deployment/users spec.template.spec.containers.users.ports.http.hostPort is 80, a port of the node';

describe('violations', () => {
  test('name rule, object, field and value', () => {
    expect(judge()).toEqual([BROKEN]);
  });

  test('are none for an excepted object in the environments of the exception', () => {
    expect(judge({ exceptions: [exception] })).toEqual([]);
    expect(judge({ exceptions: [exception], environment: 'production' })).toEqual([BROKEN]);
  });

  test.each([
    ['all objects of a kind', 'Deployment/*', 0],
    ['all kinds of one name', '*/users', 0],
    ['another object', 'Deployment/user', 2],
    ['a name that only matches as a pattern', 'Deployment/user.', 2],
  ])('an exception can be for %s', (_, object, found) => {
    expect(judge({ exceptions: [{ ...exception, object }] })).toHaveLength(found); // the fault, and the exception that excuses nothing
  });

  test('an exception expires after its last day, if a date is given', () => {
    const exceptions = [exception];
    expect(judge({ exceptions, today: new Date('2027-06-30T23:59:59Z') })).toEqual([]);
    expect(judge({ exceptions, today: new Date('2027-07-01T00:00:00Z') })).toEqual([
      BROKEN,
      'exceptions: Deployment/users no-host-port was excepted until 2027-06-30',
    ]);
    expect(judge({ exceptions })).toEqual([]);
  });

  test('an unused exception is a violation', () => {
    expect(judge({ exceptions: [exception] }, [containing({})])).toEqual([
      'exceptions: Deployment/users no-host-port is excepted, but nothing violates the rule',
    ]);
  });

  test.each([
    ['no reason', { reason: ' ' }, /has no reason/],
    ['no date', { expires: 'soon' }, /must expire on a day such as 2027-06-30, got 'soon'/],
    ['a day that no calendar has', { expires: '2027-02-30' }, /must expire on a day/],
  ])('an exception with %s excuses nothing', (_, fields, what) => {
    const [broken, exceptions] = judge({ exceptions: [{ ...exception, ...fields }] });
    expect(broken).toBe(BROKEN);
    expect(exceptions).toMatch(what);
  });
});

describe('enforcement', () => {
  const system = (object: Manifest) => systemOf({ users: [object] }, "contract 'users'");

  test('accepts objects that follow the rules', () => {
    expect(() => enforce(system(containing({})), { environment: 'dev', rules: [noHostPort] })).not.toThrow();
  });

  test('throws an error with environment, object, field, path, origin and fix', () => {
    expect(() => enforce(system(open), { environment: 'dev', rules: [noHostPort] })).toThrow(
      "policy 'no-host-port': spec.template.spec.containers.users.ports.http.hostPort is 80, a port of the node\n" +
        "    at environment 'dev' › Deployment/users › spec.template.spec.containers.users.ports.http.hostPort (users/Deployment-users; from contract 'users') (policy-violated)\n" +
        '    fix: remove hostPort and use a Service',
    );
  });
});
