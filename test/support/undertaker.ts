/**
 * Outlives the process that started it, however that ended, kill -9 included: when its standard input ends, it ends the
 * PostgreSQL below each folder given as argument and removes the folders. A run that ends well kills it first.
 */
import { endServer, removeFolders } from './folders.ts';

const folders = process.argv.slice(2);
process.stdin.resume().once('end', () => {
  for (const folder of folders) endServer(folder);
  removeFolders(folders);
});
