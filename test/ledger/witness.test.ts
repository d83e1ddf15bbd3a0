import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noteAlgorithm, parseNote, parseNoteKey, tenantId } from '../../src/core/index.ts';
import type { WitnessedCheckpoint, Witnesses } from '../../src/ledger/index.ts';
import { verifyCheckpoint } from '../../src/ledger/verify/index.ts';
import { findCosignature } from '../../src/ledger/witness/cosignature.ts';
import { codeOf } from '../support/errors.ts';
import { acme } from '../support/ledger.ts';
import { query } from '../support/postgres.ts';
import { followerOf, grow, type Installation, Opened, openInstallation, runOther, runWitness, witnessesOf } from './witness-fixture.ts';

const opened = new Opened();
let home: Installation;
let vkey: string;

beforeEach(async () => {
  home = await openInstallation(opened);
  vkey = home.ledger.verifierKey(acme);
});
afterEach(() => opened.end());

const witnessedOf = (witnesses: Witnesses, of = home): Promise<WitnessedCheckpoint | undefined> =>
  of.database.transaction(acme, (trx) => witnesses.witnessed(trx, acme));

/** Names of the keys whose cosignatures a note carries, each verified. */
function cosignersOf(note: string | undefined, keys: readonly string[]): string[] {
  const text = parseNote(note ?? '')?.text ?? '';
  return keys
    .map((key) => parseNoteKey(key, noteAlgorithm.cosignature))
    .flatMap((key) => (key !== undefined && findCosignature(note ?? '', text, key) !== undefined ? [key.name] : []));
}

const stored = async () =>
  (await query(home.ownerUrl, 'select size::int, witness from ledger_cosignature order by size, witness')).map(
    (row) => `${row['size']} ${row['witness']}`,
  );

describe('a witness that is well', () => {
  test('cosigns each newest checkpoint, from where it stands, and what it signed is kept with the note', async () => {
    const one = await runWitness(opened, 'one', [vkey]);
    const { follower, witnesses, outcomes, ages } = followerOf(home, [one]);
    await follower.round();
    expect([outcomes, await witnessedOf(witnesses)]).toEqual([[], undefined]);
    for (const size of [1, 3, 8]) {
      await grow(home, size);
      await follower.round();
      const witnessed = await witnessedOf(witnesses);
      expect(witnessed).toMatchObject({ size, witnesses: [{ name: 'one', at: new Date('2026-03-02T12:00:00.000Z') }] });
      expect(verifyCheckpoint(witnessed?.note ?? '', vkey).size).toBe(size);
      expect(cosignersOf(witnessed?.note, [one.key])).toEqual(['witness.example/one']);
    }
    expect([outcomes, ages.get('acme one')]).toEqual([Array(3).fill('acme one cosigned'), 0]);
  });

  test('is asked nothing while nothing changes, but once by every new process', async () => {
    const one = await runWitness(opened, 'one', [vkey]);
    await grow(home, 2);
    const first = followerOf(home, [one]);
    await first.follower.round();
    await first.follower.round();
    const second = followerOf(home, [one]);
    await second.follower.round();
    await second.follower.round();
    expect([first.outcomes, second.outcomes, one.events.length]).toEqual([['acme one cosigned'], ['acme one cosigned'], 2]);
  });

  test('tells a client that has forgotten how far it is, and one that has lost its memory is told anew', async () => {
    const one = await runWitness(opened, 'one', [vkey]);
    await grow(home, 5);
    await followerOf(home, [one]).follower.round();
    await query(home.ownerUrl, 'delete from ledger_witness');
    await grow(home, 6);
    const { follower, outcomes } = followerOf(home, [one]);
    await follower.round();
    const reborn = { ...(await runWitness(opened, 'reborn', [vkey])), name: 'one' };
    await grow(home, 7);
    const again = followerOf(home, [reborn]);
    await again.follower.round();
    expect([outcomes, again.outcomes]).toEqual([['acme one cosigned'], ['acme one cosigned']]);
  });

  test('is shown the logs that are configured, each by itself', async () => {
    const meta = tenantId('meta');
    const one = await runWitness(opened, 'one', [vkey, home.ledger.verifierKey(meta)]);
    await grow(home, 1);
    await grow(home, 2, meta);
    const only = followerOf(home, [one], 1, { covers: (log) => log === meta });
    await only.follower.round();
    const all = followerOf(home, [one]);
    await all.follower.round();
    expect([only.outcomes, all.outcomes.toSorted()]).toEqual([['meta one cosigned'], ['acme one cosigned', 'meta one cosigned']]);
  });

  test('asked by many gateways at once cosigns, or says that another was faster, and no one is alarmed', async () => {
    const one = await runWitness(opened, 'one', [vkey]);
    await grow(home, 3);
    const gateways = [1, 2, 3, 4].map(() => followerOf(home, [one]));
    await Promise.all(gateways.map(({ follower }) => follower.round()));
    await grow(home, 9);
    await Promise.all(gateways.map(({ follower }) => follower.round()));
    expect(gateways.flatMap(({ errors }) => errors)).toEqual([]);
    await Promise.all(gateways.map(({ follower }) => follower.round()));
    expect(await witnessedOf(gateways[0]?.witnesses ?? witnessesOf(home, []))).toMatchObject({ size: 9 });
  });
});

describe('a quorum', () => {
  test('of two among three: the newest checkpoint that two of the keys of today signed', async () => {
    const [one, two, three] = [
      await runWitness(opened, 'one', [vkey]),
      await runWitness(opened, 'two', [vkey]),
      await runWitness(opened, 'three', [vkey]),
    ];
    await grow(home, 2);
    const list = [one, two, three];
    await followerOf(home, list, 2).follower.round();
    await three.server.close();
    await grow(home, 4);
    await followerOf(home, list, 2).follower.round();
    await two.server.close();
    await grow(home, 6);
    await followerOf(home, list, 2).follower.round();
    expect(await stored()).toEqual(['2 one', '2 three', '2 two', '4 one', '4 two', '6 one']);
    const witnessed = await witnessedOf(witnessesOf(home, list, 2));
    expect([witnessed?.size, cosignersOf(witnessed?.note, [one.key, two.key, three.key])]).toEqual([
      4,
      ['witness.example/one', 'witness.example/two'],
    ]);
    expect((await witnessedOf(witnessesOf(home, list, 3)))?.size).toBe(2);
    expect((await witnessedOf(witnessesOf(home, list, 1)))?.size).toBe(6);
    expect((await witnessedOf(witnessesOf(home, list, 0)))?.size).toBe(6);
    const rekeyed = [one, { ...two, key: three.key }, three];
    expect((await witnessedOf(witnessesOf(home, rekeyed, 2)))?.size).toBe(2);
  });

  test('is looked for far back, and lines that were altered in the database do not count', async () => {
    const [one, two] = [await runWitness(opened, 'one', [vkey]), await runWitness(opened, 'two', [vkey])];
    await grow(home, 1);
    await followerOf(home, [one, two]).follower.round();
    for (let size = 2; size <= 20; size += 1) {
      await grow(home, size);
      await followerOf(home, [one]).follower.round();
    }
    expect((await witnessedOf(witnessesOf(home, [one, two], 2)))?.size).toBe(1);
    await query(
      home.ownerUrl,
      `insert into ledger_cosignature select tenant, size, 'two', line, at from ledger_cosignature where size = 20`,
    );
    await query(
      home.ownerUrl,
      `update ledger_cosignature set line = (select line from ledger_cosignature where size = 1 and witness = 'two') where size = 19`,
    );
    expect((await witnessedOf(witnessesOf(home, [one, two], 2)))?.size).toBe(1);
  });
});

describe('what must alarm', () => {
  test('a database that has less than the witness cosigned: it was restored', async () => {
    const one = await runWitness(opened, 'one', [vkey]);
    await grow(home, 6);
    await followerOf(home, [one]).follower.round();
    const restored = await openInstallation(opened);
    await grow(restored, 4);
    const { follower, outcomes, errors, ages, clock } = followerOf(restored, [one]);
    await follower.round();
    clock.advance(60_000);
    await follower.round();
    expect(outcomes).toEqual(['acme one ledger.witness_ahead', 'acme one ledger.witness_ahead']);
    expect(errors[0]).toMatchObject({ message: 'witness `one` cosigned 6 entries, the database has signed 4' });
    expect(ages.get('acme one')).toBe(60);
  });

  test('the same where the restored database remembers what the witness confirmed', async () => {
    const one = await runWitness(opened, 'one', [vkey]);
    await grow(home, 6);
    await followerOf(home, [one]).follower.round();
    const restored = await openInstallation(opened);
    await grow(restored, 4);
    await query(restored.ownerUrl, `insert into ledger_witness values ('acme', 'one', 6)`);
    const { follower, outcomes } = followerOf(restored, [one]);
    await follower.round();
    expect(outcomes).toEqual(['acme one ledger.witness_ahead']);
  });

  test('one that was restored and has grown past the witness since is another history', async () => {
    const one = await runWitness(opened, 'one', [vkey]);
    await grow(home, 6);
    await followerOf(home, [one]).follower.round();
    const restored = await openInstallation(opened);
    await grow(restored, 9);
    const { follower, outcomes, errors } = followerOf(restored, [one]);
    await follower.round();
    expect(outcomes).toEqual(['acme one ledger.witness_refused']);
    expect(errors[0]).toMatchObject({
      message:
        'witness `one` will not cosign the checkpoint for 9 entries: 422 the proof does not show that the checkpoint continues the last one',
    });
    expect(one.events.at(-1)).toMatchObject({ kind: 'inconsistent', known: 6 });
  });

  test('one of the very same size is a fork, and the witness keeps the evidence', async () => {
    const one = await runWitness(opened, 'one', [vkey]);
    await grow(home, 6);
    await followerOf(home, [one]).follower.round();
    const restored = await openInstallation(opened);
    await grow(restored, 6);
    const { follower, outcomes } = followerOf(restored, [one]);
    await follower.round();
    expect(outcomes).toEqual(['acme one ledger.witness_refused']);
    expect(one.events.at(-1)).toEqual({
      kind: 'fork',
      origin: 'ledger.example/acme',
      known: 6,
      note: (await restored.ledger.checkpoint(acme))?.note,
    });
  });

  test('a witness that does not know the log', async () => {
    const one = await runWitness(opened, 'one', [home.ledger.verifierKey(tenantId('globex'))]);
    await grow(home, 1);
    const { follower, outcomes } = followerOf(home, [one]);
    await follower.round();
    expect(outcomes).toEqual(['acme one ledger.witness_refused']);
  });

  test('cosignatures that are not: of another key, over another checkpoint, or nothing of the kind; none is kept', async () => {
    const [one, two] = [await runWitness(opened, 'one', [vkey]), await runWitness(opened, 'two', [vkey])];
    await grow(home, 1);
    await followerOf(home, [one, two]).follower.round();
    const lineOf = async (witness: string) =>
      String((await query(home.ownerUrl, 'select line from ledger_cosignature where witness = $1', [witness]))[0]?.['line']);
    const replies = [`${await lineOf('two')}\n`, `${await lineOf('one')}\n`, 'ok\n', '', '\n\n— '];
    await query(home.ownerUrl, 'delete from ledger_cosignature');
    await grow(home, 2);
    for (const reply of replies) {
      const url = await runOther(opened, (_request, response) => response.end(reply));
      const { follower, outcomes } = followerOf(home, [{ ...one, url }]);
      await follower.round();
      expect([reply, outcomes, await stored()]).toEqual([reply, ['acme one ledger.cosignature_invalid'], []]);
    }
  });

  test('lines of unknown keys around a valid one are ignored and not kept', async () => {
    const one = await runWitness(opened, 'one', [vkey]);
    await grow(home, 1);
    const url = await runOther(opened, async (request, response) => {
      const answer = await fetch(`${one.url}/add-checkpoint`, { method: 'POST', body: await text(request) });
      response.end(`— other.example/x ${Buffer.alloc(76, 1).toString('base64')}\n${await answer.text()}`);
    });
    const { follower, outcomes } = followerOf(home, [{ ...one, url }]);
    await follower.round();
    const [row] = await query(home.ownerUrl, 'select line from ledger_cosignature');
    expect([outcomes, String(row?.['line']).split(' ')[1]]).toEqual([['acme one cosigned'], 'witness.example/one']);
  });
});

describe('a witness that is not well', () => {
  const listening: [string, Parameters<typeof runOther>[1]][] = [
    ['fails', (_request, response) => response.writeHead(500).end()],
    ['is busy', (_request, response) => response.writeHead(429).end()],
    ['sends elsewhere', (_request, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()],
    ['hangs up', (request) => request.socket.destroy()],
    ['answers without end', (_request, response) => void response.write('x'.repeat(70_000))],
  ];
  test.each(listening)('%s: it is unavailable', async (_what, listener) => {
    const url = await runOther(opened, listener);
    const { key } = await runWitness(opened, 'one', [vkey]);
    await grow(home, 1);
    const { follower, outcomes } = followerOf(home, [{ name: 'one', url, key }]);
    await follower.round();
    expect([outcomes, await stored()]).toEqual([['acme one ledger.witness_unavailable'], []]);
  });

  test('that never answers is given up at the deadline, and a stop does not wait for it', async () => {
    const url = await runOther(opened, () => undefined);
    const { key } = await runWitness(opened, 'one', [vkey]);
    await grow(home, 1);
    const witnesses = witnessesOf(home, [{ name: 'one', url, key }], 1, 50);
    const [witness] = witnesses.list;
    const checkpoint = await home.ledger.checkpoint(acme);
    if (witness === undefined || checkpoint === undefined) throw new Error('nothing to ask');
    expect(await codeOf(witnesses.ask(acme, witness, checkpoint, new AbortController().signal))).toBe('ledger.witness_unavailable');
    const { follower, outcomes } = followerOf(home, [{ name: 'one', url, key }], 1, {
      witnesses: witnessesOf(home, [{ name: 'one', url, key }], 1, 60_000),
    });
    follower.start();
    await follower.stop();
    expect(outcomes).toEqual([]);
  });

  test.each([409, 200])('that answers %i with nonsense does not keep us going round', async (status) => {
    let asked = 0;
    const url = await runOther(opened, (_request, response) => {
      asked += 1;
      response.writeHead(status).end('0\n');
    });
    const { key } = await runWitness(opened, 'one', [vkey]);
    await grow(home, 3);
    const { follower, outcomes } = followerOf(home, [{ name: 'one', url, key }]);
    await follower.round();
    expect([asked, outcomes]).toEqual([1, [`acme one ledger.${status === 409 ? 'witness_refused' : 'cosignature_invalid'}`]]);
  });

  test('is asked less and less often, and at once again when it came back; entries are answered and signed meanwhile', async () => {
    const one = await runWitness(opened, 'one', [vkey]);
    await one.server.close();
    const { follower, outcomes, clock, ages } = followerOf(home, [one]);
    await grow(home, 1);
    const roundAfter = async (seconds: number) => {
      clock.advance(seconds * 1000);
      await follower.round();
      return outcomes.length;
    };
    // Pauses of 10, 20 and 40 seconds.
    expect([
      await roundAfter(0),
      await roundAfter(9),
      await roundAfter(1),
      await roundAfter(19),
      await roundAfter(1),
      await roundAfter(39),
    ]).toEqual([1, 1, 2, 2, 3, 3]);
    expect(ages.get('acme one')).toBe(69);
    await grow(home, 2);
    await one.restart();
    expect([await roundAfter(1), outcomes.at(-1), ages.get('acme one')]).toEqual([4, 'acme one cosigned', 0]);
  });
});
