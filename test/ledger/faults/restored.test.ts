import { cpSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { fileAnchor } from '../../../src/ledger/index.ts';
import { acme } from '../../support/ledger.ts';
import { append, copyOf, entryNow, growTo, openSite, signedAt, siteOver, soon, verdictOn } from './site.ts';
import { Superuser } from './superuser.ts';

test('probe', async () => {
  const home = await openSite();
  await growTo(home, 10);
  await new Superuser(home).keep();
  await growTo(home, 15);
  await home.ledger.stop();
  await new Superuser(home).putBack();
  const next = siteOver(home, { originPrefix: 'ledger.example/2' });
  await append(next, [1]);
  await new Promise((r) => setTimeout(r, 1000));
  console.log(next.errors, await next.ledger.checkpoint(acme), await verdictOn(next));
});
