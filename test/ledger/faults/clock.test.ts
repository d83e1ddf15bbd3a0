import { expect, test, vi } from 'vitest';
import { fixedClock } from '../../../src/core/index.ts';
import { openDatabase, verifyLog } from '../../../src/ledger/verify/index.ts';
import { startTestGateway } from '../../support/countersign.ts';
import { acme, entryWith } from '../../support/ledger.ts';
import { act } from '../../support/walk.ts';
import { everywhere, openSite, signedAt, soon, verdictOn } from './site.ts';

const [noon, eleven, yesterday] = ['2026-03-02T12:00:00.000Z', '2026-03-02T11:00:00.000Z', '2026-03-01T12:00:00.000Z'];
const message = (seq: number, ts: string, before: string) => `entry ${seq} is of ${ts}, the one before of ${before}: a clock went back`;
const noted = (seq: number, ts: string, before: string) => `note acme ${seq} clock.back: ${message(seq, ts, before)}`;

test.each<[string, string[], string[]]>([
  ['an hour, and set right again', [noon, eleven, '2026-03-02T12:01:00.000Z'], [noted(1, eleven, noon)]],
  ['a day, twice', [noon, yesterday, noon, yesterday], [noted(1, yesterday, noon), noted(3, yesterday, noon)]],
  ['no more than clocks of gateways differ', [noon, '2026-03-02T11:59:00.000Z', noon], []],
])('a clock set back by %s: the log only grows, and the step is noted at its seq', async (_what, moments, notes) => {
  const site = await openSite();
  for (const [n, ts] of moments.entries()) {
    expect(await site.ledger.record(acme, { ...entryWith({ n }), ts })).toMatchObject({ seq: n });
    await signedAt(site, n + 1);
  }
  expect(await verdictOn(site)).toEqual(everywhere(...notes));
});

test('the clock of a gateway set back between two actions: both have their places, later is not smaller, and it is noted', async () => {
  const clock = fixedClock(noon);
  const gateway = await startTestGateway({ clock });
  try {
    const setFlag = async (key: string) => {
      const { decision, receipt } = await act(
        gateway,
        'setFlag',
        { key, enabled: true, justification: 'trying what comes through' },
        { as: 'sre' },
      );
      return [decision.result, receipt.status, receipt.seq];
    };
    expect(await setFlag('search.index')).toEqual(['ALLOW', 'SEQUENCED', 0]);
    clock.set(eleven);
    expect(await setFlag('search.other')).toEqual(['ALLOW', 'SEQUENCED', 1]);
    const key = await gateway.graphql<{ checkpoint: { verifierKey: string } }>('auditor', '{ checkpoint { verifierKey } }');
    await vi.waitFor(async () => {
      const source = await openDatabase(gateway.database.ownerUrl, 'alpha');
      const report = await verifyLog(source, { key: key.data.checkpoint.verifierKey }).finally(() => source.close());
      expect(report).toMatchObject({ entries: 2, checkpointSize: 2, faults: [] });
      expect(report.notes).toEqual([{ kind: 'clock.back', seq: 1, message: message(1, eleven, noon) }]);
    }, soon);
  } finally {
    await gateway.stop();
  }
});
