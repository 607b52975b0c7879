const [OTHER, WARNING, ERROR] = [0, 1, 2];
const RANKS: Readonly<Record<string, number>> = {
  warn: WARNING,
  warning: WARNING,
  error: ERROR,
  fatal: ERROR,
  panic: ERROR,
  critical: ERROR,
};

/** A level in text as Kafka, Postgres, Consul (`[ERROR]`) and Go programs (`level=error`) write it. */
const IN_TEXT = /\blevel=(\w+)|\b(TRACE|DEBUG|INFO|LOG|NOTICE|WARN|WARNING|ERROR|FATAL|PANIC|CRITICAL)\b/;

/**
 * Selects the lines of a log most relevant to a failure, in the log's order: errors before warnings before others, the
 * last of each. A line without a level, such as one of a stack trace, counts as an error.
 * @param least lowest level to include @default 'info'
 */
export function tellingLines(log: string, limit: number, least: 'info' | 'warn' = 'info'): readonly string[] {
  return log
    .split('\n')
    .map((line, index) => ({ line, index, rank: rankOf(line) }))
    .filter(({ line, rank }) => line.trim() !== '' && (least === 'info' || rank > OTHER))
    .sort((a, b) => b.rank - a.rank || b.index - a.index)
    .slice(0, limit)
    .sort((a, b) => a.index - b.index)
    .map(({ line }) => line);
}

function rankOf(line: string): number {
  const level = levelOf(line);
  if (level === undefined) return ERROR;
  if (typeof level === 'string') return RANKS[level.toLowerCase()] ?? OTHER;
  return level >= 50 ? ERROR : level >= 40 ? WARNING : OTHER; // pino's numbers
}

function levelOf(line: string): string | number | undefined {
  if (line.startsWith('{')) {
    try {
      const { level }: { level?: unknown } = JSON.parse(line);
      if (typeof level === 'string' || typeof level === 'number') return level;
    } catch {
      // A line that is not valid JSON is text.
    }
  }
  const [, key, word] = IN_TEXT.exec(line) ?? [];
  return key ?? word;
}
