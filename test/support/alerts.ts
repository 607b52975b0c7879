import { type Alert, type RuleFile, toYaml } from '@groundwork/constructs';
import { describe, expect, test } from '@jest/globals';
import { ruleGroups } from '../../constructs/prometheus/rules/index.ts';
import { run } from './promtool.ts';

/** What an alert does with given series. */
export interface AlertCase {
  /** What it is about, as the end of the test's name. */
  readonly when: string;
  /** Values by series, in promtool's notation, such as `up{job="a"}`: `1x5 0x10`. */
  readonly series: Readonly<Record<string, string>>;
  /** Time from one sample to the next, and from one evaluation to the next. @default '1m' */
  readonly every?: string;
  /** When to look, such as `20m`. */
  readonly at: string;
  /** What fires then, severity aside; nothing if left out. */
  readonly fires?: readonly { readonly labels?: Readonly<Record<string, string>>; readonly summary: string }[];
}

/** The first test of all may fetch promtool. */
const TIMEOUT = 120_000;

/** Tests of a rule file with promtool: what each alert does in each case, and that each has cases of both kinds. */
export function testAlerts(file: RuleFile, cases: Readonly<Record<string, readonly AlertCase[]>>): void {
  const texts = { 'rules.yml': toYaml([ruleGroups({ ...file, alerts: file.alerts.map(withoutProse) })]) };
  describe(`rules '${file.name}'`, () => {
    test(
      'are taken by promtool, prose and all',
      async () => {
        expect(
          await run('promtool', ['check', 'rules', 'rules.yml'], { 'rules.yml': toYaml([ruleGroups(file)]) }),
        ).toMatchObject({ ok: true });
      },
      TIMEOUT,
    );
    test.each(file.alerts)('law: $name has a case in which it fires, and one in which it does not', ({ name }) => {
      expect(cases[name]?.some(({ fires = [] }) => fires.length > 0)).toBe(true);
      expect(cases[name]?.some(({ fires = [] }) => fires.length === 0)).toBe(true);
    });
    test.each(
      Object.entries(cases).flatMap(([name, all]) =>
        all.map((one) => ({ ...one, name, does: one.fires ? 'fires' : 'is quiet' })),
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

/** promtool compares annotations to the letter; the summary is the one whose numbers and labels matter. */
function withoutProse(alert: Alert): Alert {
  return { ...alert, description: '', runbook: '' };
}

function unitTest(alertname: string, severity: string, { series, every = '1m', at, fires = [] }: AlertCase): object {
  return {
    rule_files: ['rules.yml'],
    evaluation_interval: every,
    tests: [
      {
        interval: every,
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        alert_rule_test: [
          {
            eval_time: at,
            alertname,
            exp_alerts: fires.map(({ labels = {}, summary }) => ({
              exp_labels: { severity, ...labels },
              exp_annotations: { summary, description: '', runbook: '' },
            })),
          },
        ],
      },
    ],
  };
}
