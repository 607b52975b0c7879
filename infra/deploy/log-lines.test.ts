import { describe, expect, test } from '@jest/globals';
import { tellingLines } from './log-lines.ts';

const pino = (level: string | number, message: string): string => JSON.stringify({ level, message });

describe('from a log', () => {
  test('errors are preferred to warnings, and these to other lines; the last of each, in the order of the log', () => {
    const log = [
      pino('error', 'old'),
      pino('warn', 'late'),
      pino('error', 'denied'),
      pino('info', 'request'),
      pino('fatal', 'end'),
      pino('debug', 'more'),
    ];
    expect(tellingLines(log.join('\n'), 2)).toEqual([log[2], log[4]]);
    expect(tellingLines(log.join('\n'), 4)).toEqual([log[0], log[1], log[2], log[4]]);
    expect(tellingLines(log.join('\n'), 5)).toEqual([log[0], log[1], log[2], log[4], log[5]]);
  });

  test('lines below a warning can be left out', () => {
    expect(tellingLines([pino('info', 'a'), pino('warn', 'b'), ''].join('\n'), 9, 'warn')).toEqual([pino('warn', 'b')]);
    expect(tellingLines(pino('info', 'a'), 9, 'warn')).toEqual([]);
  });

  test('pino’s numbers are read as levels', () => {
    const log = [pino(50, 'error'), pino(40, 'warn'), pino(30, 'info')];
    expect(tellingLines(log.join('\n'), 9, 'warn')).toEqual([log[0], log[1]]);
  });

  test.each([
    ['Kafka', '[2026-01-01 00:00:00,000] INFO started', '[2026-01-01 00:00:00,000] ERROR no quorum'],
    ['Postgres', 'LOG:  starting', 'FATAL:  permission denied'],
    ['Consul', '2026-01-01T00:00:00Z [INFO]  agent: up', '2026-01-01T00:00:00Z [ERROR] agent: down'],
    ['Go', 'ts=1 level=info msg=up', 'ts=1 level=error msg=down'],
  ])('the level format of %s is recognized', (_, info, error) => {
    expect(tellingLines([error, info].join('\n'), 1)).toEqual([error]);
  });

  test('a stack trace counts as an error, as does an incomplete line of JSON', () => {
    const log = ['TypeError: x', '    at main.ts:1', pino('info', 'a'), '{"level":"in'];
    expect(tellingLines(log.join('\n'), 3)).toEqual([log[0], log[1], log[3]]);
  });
});
