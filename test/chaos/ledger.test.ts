import { describe, expect, test } from 'vitest';
import { breaks, chaosLedger } from '../../chaos/ledger/index.ts';

describe('the ledger under kill -9', () => {
  test('keeps what it acknowledged, once each, under one root; and the harness would see it if it did not', {
    timeout: 240_000,
  }, async () => {
    const { report, controls } = await chaosLedger({ rounds: 6, seed: 5, secondsPerRound: 0.2, breaks });
    expect(report.contradictions).toEqual([]);
    expect(report.outages.map(({ kind }) => kind).sort()).toEqual(['backend', 'freeze', 'gateway', 'postgres', 'sequencer', 'sequencer']);
    expect({ lost: report.lost, duplicated: report.duplicated }).toEqual({ lost: 0, duplicated: 0 });
    // Everything that was asked for was acknowledged in the end, and nothing else is in the logs.
    expect([report.acknowledged, report.entries]).toEqual([report.asked, report.asked]);
    expect(report.asked).toBeGreaterThan(100);
    expect(report.checkpoints).toBeGreaterThan(3);
    const told = Object.fromEntries([...controls].map(([kind, { kinds }]) => [kind, kinds]));
    expect(told).toEqual({
      'lose-acks': ['altered', 'lost', 'root'],
      duplicate: ['altered', 'duplicated'],
      tear: ['torn'],
      rewrite: ['altered', 'lost', 'root'],
      shrink: ['root'],
    });
  });
});
