import { expect, it } from 'vitest';
import { summaryOf } from '../../tools/test-summary.ts';

const file = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((test) => ({ status: test })) });

it.each([
  [
    '3 passed, 0 failed',
    { numPassedTests: 3, numFailedTests: 0, testResults: [file('passed', 'passed', 'passed'), file('passed', 'passed')] },
  ],
  ['1 passed, 2 failed', { numPassedTests: 1, numFailedTests: 2, testResults: [file('failed', 'passed', 'failed', 'failed')] }],
  ['1 passed, 2 failed', { numPassedTests: 1, numFailedTests: 0, testResults: [file('failed'), file('failed', 'passed')] }],
  ['0 passed, 0 failed', { numPassedTests: 0, numFailedTests: 0, testResults: [] }],
])('counts %s', (expected, report) => {
  expect(summaryOf(report)).toBe(expected);
});
