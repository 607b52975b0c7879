import { ConfigurationError } from '@groundwork/contract';
import type { RuleFile } from './rules/index.ts';

/** Validates additional rule files: names of files and alerts must be unique, and not those of the platform. */
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
        problem: `the name of a rule file ${problem}, got '${name}'`,
        fix: 'name it after a team or subject',
      }),
    ];
    if (!/^[a-z][a-z0-9-]*$/.test(name)) return fault('must be a DNS label');
    if (reserved.some((file) => file.name === name)) return fault('must not be that of a file of the platform');
    return names.indexOf(name) < index ? fault('must be unique') : [];
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
          fix: 'use a unique name: routes and silences match alerts by name',
        }),
    ),
  ];
}
