import { ConfigurationError } from '@groundwork/contract';
import type { RuleFile } from './rules/index.ts';

/** What is wrong with rule files of one's own, beside those of the platform: a file or an alert would replace another. */
export function validateRule(
  where: string,
  files: readonly RuleFile[],
  reserved: readonly RuleFile[],
): ConfigurationError[] {
  const names = files.map(({ name }) => name);
  const found = names.flatMap((name, index) => {
    const fault = (problem: string) => [
      new ConfigurationError({
        code: 'rule-file-invalid',
        where,
        problem: `a file of rules is called '${name}', which ${problem}`,
        fix: 'name it after its team or subject',
      }),
    ];
    if (!/^[a-z][a-z0-9-]*$/.test(name)) return fault('is no DNS label');
    if (reserved.some((file) => file.name === name)) return fault("is the name of one of the platform's own files");
    return names.indexOf(name) < index ? fault('is the name of another file in the list') : [];
  });
  const alerts = [...reserved, ...files].flatMap((file) => file.alerts.map(({ name }) => ({ name, file })));
  const first = new Map(alerts.toReversed().map(({ name, file }) => [name, file]));
  const twice = alerts.filter(({ name, file }) => first.get(name) !== file);
  return [
    ...found,
    ...twice.map(
      ({ name, file }) =>
        new ConfigurationError({
          code: 'rule-file-invalid',
          where: `${where} › ${file.name}`,
          problem: `the alert '${name}' is also in the file '${first.get(name)?.name}'`,
          fix: 'give it a name of its own: routes and silences know alerts by their names',
        }),
    ),
  ];
}
