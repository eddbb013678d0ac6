// `npm test`: everything the tests need, then types, build and tests. The last line is always `N passed, N failed`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { checkNode, ensureBrowser, ensureFirefox, ensurePackages, root, SetupError } from './setup.mjs';

const SUMMARY = /^(?:\S+: )?\d+ passed, (\d+) failed(?:, \d+ skipped)?$/;
const bin = {
  tsc: 'node_modules/typescript/bin/tsc',
  vite: 'node_modules/vite/bin/vite.js',
  playwright: 'node_modules/@playwright/test/cli.js',
};

/** Runs one of our packages' programs; `tail` is the last line that it printed to stdout. */
function run(program, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, bin[program]), ...args], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let end = '';
    child.stdout.on('data', (data) => {
      process.stdout.write(data);
      end = (end + data).slice(-2000);
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, tail: end.trimEnd().split('\n').at(-1) ?? '' }));
  });
}

async function stage(name, program, ...args) {
  const { code } = await run(program, args);
  if (code !== 0) throw new SetupError(`${name}: "${program} ${args.join(' ')}" failed (exit code ${code})`);
}

async function main() {
  checkNode();
  await ensurePackages();
  await ensureBrowser();
  await ensureFirefox();
  await stage('types', 'tsc', '--noEmit');
  await stage('build', 'vite', 'build', '--logLevel', 'warn');
  const args = ['test', '--config', 'tests/playwright.config.ts', ...process.argv.slice(2)];
  // The output goes through us, so Playwright has to be told what kind of terminal it ends in.
  const terminal = process.stdout.isTTY
    ? { PLAYWRIGHT_FORCE_TTY: String(process.stdout.columns || 100), FORCE_COLOR: '1' }
    : {};
  const { code, tail } = await run('playwright', args, terminal);
  const failed = SUMMARY.exec(tail)?.[1];
  // Playwright ended before or beside its reporters: a failure must still end on a failing line.
  if (code !== 0 && (failed === undefined || failed === '0')) console.log('0 passed, 1 failed');
  return code === 0 && failed !== undefined && failed !== '0' ? 1 : code;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
