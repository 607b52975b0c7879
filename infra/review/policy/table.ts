import { groups } from './rules/index.ts';

/** The rules as Markdown tables, for docs/policy.md. */
export function rulesTable(): string {
  return Object.entries(groups)
    .map(([about, rules]) => {
      const rows = rules.map(
        ({ id, severity, why, fix, source }) =>
          `| \`${id}\` | ${[severity, why, fix, source].map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`,
      );
      return [
        `### ${about}`,
        '',
        '| rule | severity | why | fix | source |',
        '| --- | --- | --- | --- | --- |',
        ...rows,
      ].join('\n');
    })
    .join('\n\n');
}
