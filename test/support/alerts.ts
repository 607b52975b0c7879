import { type Alert, type RuleFile, toYaml } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { ruleGroups } from '../../constructs/prometheus/rules/index.ts';
import { run } from './promtool.ts';

/** A test case of an alert: what fires for given series. */
export interface AlertCase {
  /** The situation, as the end of the test's name. */
  readonly when: string;
  /** Values by series, in promtool's notation, such as `up{job="a"}`: `1x5 0x10`. */
  readonly series: Readonly<Record<string, string>>;
  /** Time from one sample to the next, and from one evaluation to the next. @default '1m' */
  readonly every?: string;
  /** Time of the evaluation, such as `20m`. */
  readonly at: string;
  /** Labels of what fires, without severity. @default nothing fires */
  readonly fires?: readonly { readonly labels?: Readonly<Record<string, string>>; readonly summary: string }[];
  /** How a firing alert ends: values that the series continue with, and a time at which nothing fires. @default not tested */
  readonly ends?: { readonly series: Readonly<Record<string, string>>; readonly at: string };
}

/** The first run may fetch promtool. */
const TIMEOUT = 120_000;

/** Tests a rule file with promtool: each case of each alert, and that each alert has firing and silent cases. */
export function testAlerts(file: RuleFile, cases: Readonly<Record<string, readonly AlertCase[]>>): void {
  const texts = { 'rules.yml': toYaml([ruleGroups({ ...file, alerts: file.alerts.map(withoutProse) })]) };
  describe(`rules '${file.name}'`, () => {
    test(
      'are accepted by promtool, annotations included',
      async () => {
        expect(
          await run('promtool', ['check', 'rules', 'rules.yml'], { 'rules.yml': toYaml([ruleGroups(file)]) }),
        ).toMatchObject({ ok: true });
      },
      TIMEOUT,
    );
    test.each(file.alerts)(
      'law: $name has a case in which it fires, and unless it always does, one in which it does not',
      ({ name, severity }) => {
        expect(cases[name]?.some(({ fires = [] }) => fires.length > 0)).toBe(true);
        expect(cases[name]?.some(({ fires = [] }) => fires.length === 0)).toBe(severity !== 'none');
      },
    );
    test('law: each alert has a case in which it ends, unless it always fires', () => {
      const endless = file.alerts.filter(({ name }) => !cases[name]?.some(({ ends }) => ends !== undefined));
      expect(endless.filter(({ severity }) => severity !== 'none').map(({ name }) => name)).toEqual([]);
    });
    test.each(
      Object.entries(cases).flatMap(([name, all]) =>
        all.map((one) => ({ ...one, name, does: one.fires ? (one.ends ? 'fires and ends' : 'fires') : 'is quiet' })),
      ),
    )(
      '$name $does $when',
      async ({ name, ...one }) => {
        const { severity } = file.alerts.find((alert) => alert.name === name) as Alert;
        const unit = toYaml([unitTest(name, severity, one)]);
        expect(await run('promtool', ['test', 'rules', 'test.yml'], { ...texts, 'test.yml': unit })).toMatchObject({
          ok: true,
        });
      },
      TIMEOUT,
    );
  });
}

/** promtool compares annotations exactly; only the summary contains numbers and labels that matter. */
function withoutProse(alert: Alert): Alert {
  const { dependency: _, ...rest } = alert;
  return { ...rest, description: '', runbook: '' };
}

function unitTest(
  alertname: string,
  severity: string,
  { series, every = '1m', at, fires = [], ends }: AlertCase,
): object {
  const all = Object.keys({ ...series, ...ends?.series });
  return {
    rule_files: ['rules.yml'],
    evaluation_interval: every,
    tests: [
      {
        interval: every,
        input_series: all.map((name) => ({
          series: name,
          values: `${series[name] ?? ''} ${ends?.series[name] ?? ''}`.trim(),
        })),
        alert_rule_test: [
          {
            eval_time: at,
            alertname,
            exp_alerts: fires.map(({ labels = {}, summary }) => ({
              exp_labels: { severity, ...labels },
              exp_annotations: { summary, description: '', runbook: '' },
            })),
          },
          ...(ends === undefined ? [] : [{ eval_time: ends.at, alertname, exp_alerts: [] }]),
        ],
      },
    ],
  };
}
