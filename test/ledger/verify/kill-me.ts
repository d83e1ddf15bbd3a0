import { openSource, verifyLog } from '../../../src/ledger/verify/index.ts';

/** Verifies a folder and stands still once a state was kept, to be killed there: `node kill-me.ts <folder> <key> <state>`. */
const [folder = '', key = '', state = ''] = process.argv.slice(2);
let told = 0;
await verifyLog(await openSource(folder), {
  key,
  state,
  saveEvery: 1,
  workers: 1,
  onProgress: () => {
    told += 1;
    if (told < 3) return;
    process.stdout.write('ready\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
