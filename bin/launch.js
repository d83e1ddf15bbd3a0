import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a program of ours under a Node that can: this one, else the one that comes with the package as its dependency `node`. */
export async function launch(name) {
  const range = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node;
  if (satisfies(process.versions.node, range)) {
    await import(pathToFileURL(entryOf(name)).href);
    return;
  }
  const node = bundledNode();
  if (node === undefined) return refuse(name, range);
  handOver(node, [entryOf(name), ...process.argv.slice(2)]);
}

/** The compiled program in an installed package, the source in a checkout. */
function entryOf(name) {
  const compiled = join(root, 'build', 'src', 'cli', `${name}.js`);
  return existsSync(compiled) && !existsSync(join(root, 'src')) ? compiled : join(root, 'src', 'cli', `${name}.ts`);
}

/** Understands what `engines` uses: alternatives of `^a.b.c` and `>=a`. */
function satisfies(version, range) {
  const [major, minor, patch] = version.split('.').map(Number);
  return range.split('||').some((alternative) => {
    const [, sign, a, b = '0', c = '0'] = /^\s*(\^|>=)(\d+)(?:\.(\d+))?(?:\.(\d+))?\s*$/.exec(alternative) ?? [];
    if (sign === undefined) return false;
    const atLeast = major - Number(a) || minor - Number(b) || patch - Number(c);
    return atLeast >= 0 && (sign === '>=' || major === Number(a));
  });
}

/** Its install script puts the binary there; npm may have been told not to run it. */
function bundledNode() {
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

function refuse(name, range) {
  process.stderr.write(
    `${name} needs Node ${range}, and this is ${process.version}: install one of those, ` +
      'or let npm run the install script of the dependency `node`, which brings its own (npm install-scripts approve node && npm rebuild node)\n',
  );
  process.exitCode = 1;
}

/** Becomes, as far as one process can, the other: same streams, same signals, same end. */
function handOver(node, args) {
  const child = spawn(node, args, { stdio: 'inherit' });
  const signals = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR2'];
  for (const signal of signals) {
    // A terminal sends these to the whole group: passing them on as well would make one Ctrl-C look like two.
    const fromTerminal = process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT');
    process.on(signal, () => fromTerminal || child.kill(signal));
  }
  child.on('error', (error) => {
    process.stderr.write(`cannot start ${node}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
