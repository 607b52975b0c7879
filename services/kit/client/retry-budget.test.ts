import { fc, test as law } from '@fast-check/jest';
import { expect } from '@jest/globals';
import { RetryBudget } from './retry-budget.ts';

law.prop([fc.array(fc.boolean(), { maxLength: 2000 }), fc.integer({ min: 0, max: 30 })])(
  'law: however requests and failures mix, retries are at most the capacity and a tenth of the requests',
  (requests, capacity) => {
    const budget = new RetryBudget(capacity, 0.1);
    let retries = 0;
    for (const fails of requests) {
      budget.deposit();
      while (fails && budget.withdraw()) retries += 1;
    }
    expect(retries).toBeLessThanOrEqual(capacity + requests.length * 0.1 + 1e-6);
  },
);
