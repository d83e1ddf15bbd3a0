import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fileAnchor } from '../../../src/ledger/index.ts';
import { verifyConsistency } from '../../../src/ledger/verify/index.ts';
import { acme } from '../../support/ledger.ts';
import { followerOf, Opened, type RunningWitness, runWitness } from '../witness-fixture.ts';
import {
  append,
  copyOf,
  everywhere,
  growTo,
  lineOf,
  nothingWrong,
  openSite,
  type Site,
  siteOver,
  sizeOf,
  soon,
  verdictOn,
} from './site.ts';
import { edited, rechained, Superuser } from './superuser.ts';
import { Watcher } from './watcher.ts';

const [SHARED, SEEN] = [10, 15];
const opened = new Opened();
/** The log as everybody outside has seen it, with SEEN entries, and the note that says so. */
let home: Site;
let seen: string;
let witness: RunningWitness;
let watcher: Watcher;

beforeEach(async () => {
  home = await openSite();
  await growTo(home, SHARED);
  await new Superuser(home).keep();
  seen = await growTo(home, SEEN);
  witness = await runWitness(opened, 'one', [home.ledger.verifierKey(acme)]);
  await followerOf(home, [witness]).follower.round();
  watcher = new Watcher(home.ledger.verifierKey(acme));
  expect(await watcher.lookAt(home)).toBe('first: 15 entries');
});
afterEach(() => opened.end());

/** A copy of its database from when it had SHARED entries, which goes on by itself. */
async function continuedTo(size: number): Promise<Site> {
  const copy = await copyOf(home);
  await new Superuser(copy).putBack();
  await growTo(copy, size);
  return copy;
}

type Scene = {
  /** What is shown from now on: it agrees with itself, and is not what was seen. */
  readonly show: () => Promise<Site>;
  readonly verifier: string;
  readonly watcher: string;
  readonly witness: string;
  readonly gateway: string;
};

const remembers = (size: number) => `its first ${size} entries are not the ones that were signed`;
const refusedByWitness = (size: number, why: string) =>
  `ledger.witness_refused: witness \`one\` will not cosign the checkpoint for ${size} entries: 422 ${why}`;
const notContinued = 'the proof does not show that the checkpoint continues the last one';
const notThose = `the first ${SEEN} entries are not those of the checkpoint kept from earlier`;

const scenes: [string, Scene][] = [
  [
    'truncated: leaves, tiles, head and checkpoints of the tail removed alike',
    {
      show: () => new Superuser(home).putBack().then(() => home),
      verifier: `history.rewritten: the log has ${SHARED} entries, the checkpoint kept from earlier has ${SEEN}`,
      watcher: `history.rewritten: the log has ${SHARED} entries, ${SEEN} were signed before`,
      witness: `ledger.witness_ahead: witness \`one\` cosigned ${SEEN} entries, the database has signed ${SHARED}`,
      gateway: `it has ${SHARED + 1} entries but a checkpoint for ${SEEN} was signed`,
    },
  ],
  [
    'forked: continued otherwise in a copy of the database, up to the same size',
    {
      show: () => continuedTo(SEEN),
      verifier: `history.forked: two checkpoints for ${SEEN} entries have different roots: of those given`,
      watcher: `history.forked: two checkpoints for ${SEEN} entries have different roots`,
      witness: refusedByWitness(SEEN, 'another root was cosigned for this size'),
      gateway: remembers(SEEN),
    },
  ],
  [
    'forked: continued otherwise, and further',
    {
      show: () => continuedTo(SEEN + 5),
      verifier: `history.rewritten: ${notThose}`,
      watcher: `history.rewritten: the log at ${SEEN + 5} entries does not continue the one that was signed at ${SEEN}`,
      witness: refusedByWitness(SEEN + 5, notContinued),
      gateway: remembers(SEEN),
    },
  ],
  [
    'rewritten from an entry on by a superuser, who signs it all again with the very key',
    {
      show: async () => {
        const root = new Superuser(home);
        const bodies = await root.bodies();
        const others = rechained(bodies.with(3, edited(bodies[3], '"n":3', '"n":33')), 4);
        await root.writeBodies(others, 'with hashes');
        await root.writeTree(others);
        await root.signAgain(others);
        return home;
      },
      verifier: `history.forked: two checkpoints for ${SEEN} entries have different roots: of those given`,
      watcher: `history.forked: two checkpoints for ${SEEN} entries have different roots`,
      witness: refusedByWitness(SEEN, 'another root was cosigned for this size'),
      gateway: remembers(SEEN),
    },
  ],
];

describe.each(scenes)('%s:', (_what, scene) => {
  test('agrees with itself; a checkpoint kept outside, a monitor, a witness and the gateway that signed it tell', async () => {
    const shown = await scene.show();
    expect(await verdictOn(shown)).toEqual(nothingWrong);
    expect(await verdictOn(shown, { since: [seen] })).toEqual(everywhere(`acme null ${scene.verifier}`));
    expect(await watcher.lookAt(shown)).toBe(`alarm ${scene.watcher}`);

    const follower = followerOf(shown, [witness]);
    await follower.follower.round();
    expect(follower.errors.map(lineOf)).toEqual([scene.witness]);

    const size = await sizeOf(shown);
    const gateway = siteOver(shown, { checkpoints: home.checkpoints, anchor: fileAnchor(home.checkpoints) });
    expect(await append(gateway, [99])).toMatchObject([{ status: 'SEQUENCED', seq: size }]);
    await vi.waitFor(
      () => expect(gateway.errors).toEqual([`acme ledger.inconsistent: log \`acme\` will not be signed: ${scene.gateway}`]),
      soon,
    );
    expect((await gateway.ledger.checkpoint(acme))?.size).toBe(size);
  });
});

test('a truncated log finds no witness: 400 for a size below the one it says is known, 409 with what the witness knows', async () => {
  await new Superuser(home).putBack();
  const short = (await home.ledger.checkpoint(acme))?.note ?? '';
  const answer = async (old: number) => {
    const response = await fetch(`${witness.url}/add-checkpoint`, { method: 'POST', body: `old ${old}\n\n${short}` });
    return [response.status, await response.text()];
  };
  expect(await answer(SEEN)).toEqual([400, 'the old size is larger than the checkpoint\n']);
  expect(await answer(SHARED)).toEqual([409, `${SEEN}\n`]);
  expect(witness.events).toEqual([{ kind: 'cosigned', origin: 'ledger.example/acme', size: SEEN }]);
});

test('of a forked log no proof leads from what was seen to what is shown, and the witness keeps both as evidence', async () => {
  const shown = await continuedTo(SEEN + 5);
  const proof = await shown.database.transaction(acme, (trx) => shown.ledger.proveConsistency(trx, acme, SEEN));
  const key = shown.ledger.verifierKey(acme);
  expect(() => verifyConsistency({ before: seen, after: proof?.checkpoint ?? '', proof: proof?.path ?? [] }, key)).toThrow(
    `the log at ${SEEN + 5} entries is not shown to continue the one at ${SEEN}`,
  );
  await followerOf(shown, [witness]).follower.round();
  expect(witness.events.slice(1)).toEqual([{ kind: 'inconsistent', origin: 'ledger.example/acme', known: SEEN, note: proof?.checkpoint }]);
});
