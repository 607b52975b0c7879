import { expect, test } from '@jest/globals';
import { joinTrace, traceparent } from './traceparent.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

test('joins a trace with a new span, and keeps the sampled flag', () => {
  const trace = joinTrace(`00-${TRACE}-00f067aa0ba902b7-00`);
  expect(trace).toEqual({ traceId: TRACE, spanId: expect.stringMatching(/^[0-9a-f]{16}$/), sampled: false });
  expect(trace.spanId).not.toBe('00f067aa0ba902b7');
  expect(traceparent(trace)).toBe(`00-${TRACE}-${trace.spanId}-00`);
});

const invalid = [
  undefined,
  '',
  'nonsense',
  `00-${TRACE}`,
  `ff-${TRACE}-00f067aa0ba902b7-01`,
  `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-00f067aa0ba902b7-01`,
];
test.each(invalid)('starts a new trace when the header is %j', (header) => {
  const trace = joinTrace(header);
  expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(trace.traceId).not.toBe(TRACE);
});
