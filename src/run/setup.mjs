// Makes ready what the deck needs: its npm packages, a Chromium-like browser and, for the tests, PDF tools.
// Plain JavaScript on bare Node: nothing here may assume that a package is installed.
import { spawn, spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const windows = process.platform === 'win32';
const linux = process.platform === 'linux';
const asRoot = process.getuid?.() === 0;
const MINUTE = 60_000;

/** A failure whose message is all that the user needs to see. */
export class SetupError extends Error {}

export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  if (!enough)
    throw new SetupError(`node: this is ${version}; the deck needs 20.19 or newer (of 22: 22.12 or newer)`);
}

/** Runs a `main` and turns a SetupError into its one line and exit code 1. */
export async function runMain(main) {
  try {
    checkNode();
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

const seconds = (since) => `${Math.max(1, Math.round((Date.now() - since) / 1000))} s`;

/** Runs a command quietly; ends its whole process group at the time limit. Never rejects. */
function quiet(command, args, { timeout = 10 * MINUTE, env = {}, shell = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: !windows,
      windowsHide: true,
      shell,
    });
    let output = '';
    let timedOut = false;
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    const kill = () => {
      if (windows) spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
      else
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {
          // It has ended already.
        }
    };
    const timer = setTimeout(() => {
      timedOut = true;
      kill();
    }, timeout);
    // The child has a process group of its own, so Ctrl+C does not reach it by itself.
    const stop = () => {
      kill();
      process.exit(130);
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
    const done = (ok, text) => {
      clearTimeout(timer);
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve({ ok, timedOut, output: text });
    };
    child.once('error', (error) => done(false, error.message));
    child.once('close', (code) => done(code === 0, output));
  });
}

function onPath(name) {
  const endings = windows ? ['.exe', '.cmd'] : [''];
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter(Boolean))
    for (const ending of endings) {
      const file = join(folder, name + ending);
      try {
        accessSync(file, constants.X_OK);
        if (statSync(file).isFile()) return file;
      } catch {
        // Not here.
      }
    }
  return undefined;
}

// ── packages ────────────────────────────────────────────────────────────────

const readPackages = (file) => JSON.parse(readFileSync(join(root, file), 'utf8')).packages;

/** Whether node_modules holds exactly what package-lock.json asks for; npm's own hidden lock tells what is there. */
function packagesAreCurrent() {
  let wanted, present;
  try {
    wanted = readPackages('package-lock.json');
    present = readPackages('node_modules/.package-lock.json');
  } catch {
    return false;
  }
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const there = present[path];
    if (!there && entry.optional) continue;
    if (there?.version !== entry.version || there?.integrity !== entry.integrity) return false;
    if (!existsSync(join(root, path, 'package.json'))) return false;
  }
  return Object.keys(present).every((path) => path in wanted);
}

/** Installs the packages of package-lock.json unless they are there. True when it installed. */
export async function ensurePackages() {
  if (packagesAreCurrent()) return false;
  if (!existsSync(join(root, 'package-lock.json')))
    throw new SetupError('packages: package-lock.json is missing');
  const start = Date.now();
  // NODE_ENV=production in the environment must not leave out the build tools.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  const { ok, output } = await quiet('npm', args, {
    timeout: 15 * MINUTE,
    env: { PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
    shell: windows,
  });
  if (!ok) {
    console.error(output.trimEnd());
    throw new SetupError(
      `packages: "npm ${args.join(' ')}" failed after ${seconds(start)} (its output is above)`,
    );
  }
  const count = Object.keys(readPackages('node_modules/.package-lock.json')).length;
  console.log(`packages: installed ${count} packages in ${seconds(start)}`);
  return true;
}

// ── browser ─────────────────────────────────────────────────────────────────

function installedBrowsers() {
  const names = [
    'google-chrome-stable',
    'google-chrome',
    'chromium',
    'chromium-browser',
    'microsoft-edge-stable',
    'microsoft-edge',
    'chrome',
    'msedge',
  ];
  const found = names.map(onPath);
  if (process.platform === 'darwin')
    for (const base of ['/Applications', join(homedir(), 'Applications')])
      for (const app of ['Google Chrome', 'Chromium', 'Microsoft Edge'])
        found.push(join(base, `${app}.app`, 'Contents/MacOS', app));
  else if (windows)
    for (const base of ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((name) => process.env[name]))
      for (const path of ['Google/Chrome', 'Chromium', 'Microsoft/Edge'])
        if (base)
          found.push(join(base, path, 'Application', path.endsWith('Edge') ? 'msedge.exe' : 'chrome.exe'));
  if (linux)
    found.push(
      '/opt/google/chrome/chrome',
      '/usr/bin/google-chrome',
      '/usr/bin/chromium',
      '/usr/lib/chromium/chromium',
      '/opt/microsoft/msedge/msedge',
      // Last: a snap cannot reach the temporary profile folders that Playwright gives it.
      '/snap/bin/chromium',
    );
  return [...new Set(found.filter((file) => file && existsSync(file)))];
}

/** Where Playwright's own Chromium is, or would be, once it is downloaded. */
function playwrightBrowser() {
  try {
    const require = createRequire(join(root, 'package.json'));
    const file = require('@playwright/test').chromium.executablePath();
    return existsSync(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

/** The version line of a browser that starts, or undefined. */
function startedVersion(file) {
  if (windows) {
    // There `--version` opens a window instead; so load an empty page, and read the version off the folder beside.
    const profile = mkdtempSync(join(tmpdir(), 'deck-browser-'));
    const args = ['--headless', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`];
    const run = spawnSync(file, [...args, '--dump-dom', 'about:blank'], { timeout: 30_000 });
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    if (run.status !== 0) return undefined;
    const version = readdirSync(dirname(file)).find((name) => /^\d+(\.\d+){3}$/.test(name));
    return version ? `Chromium ${version}` : 'Chromium';
  }
  const run = spawnSync(file, ['--version'], {
    encoding: 'utf8',
    timeout: 20_000,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return run.status === 0 ? /^.*?\d+(\.\d+)+/m.exec(run.stdout)?.[0].trim() : undefined;
}

function usable(executablePath) {
  const version = startedVersion(executablePath);
  if (!version) return undefined;
  const args = [
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ];
  // Chromium refuses to start as root with its sandbox.
  if (linux && asRoot) args.unshift('--no-sandbox');
  return { executablePath, version, args };
}

let cached;

function lookForBrowser() {
  if (cached) return cached;
  for (const name of ['PLAYWRIGHT_CHROMIUM', 'CHROME_PATH']) {
    const file = process.env[name];
    if (!file) continue;
    cached = usable(file);
    if (!cached)
      throw new SetupError(`browser: ${name} names ${file}, which does not start; correct or unset it`);
    return cached;
  }
  for (const file of [...installedBrowsers(), playwrightBrowser()]) {
    cached = file && usable(file);
    if (cached) return cached;
  }
  return undefined;
}

const NO_BROWSER =
  'browser: no Chrome, Chromium or Edge that starts; install one, or set PLAYWRIGHT_CHROMIUM to its executable';

/** A browser that is on this machine now; throws a SetupError when there is none. */
export function findBrowser() {
  const found = lookForBrowser();
  if (!found) throw new SetupError(NO_BROWSER);
  return found;
}

/** Finds a browser, or gets one: Playwright's download first, then the system's package manager. */
export async function ensureBrowser() {
  const start = Date.now();
  const tried = [];
  let found = lookForBrowser();
  if (!found) {
    const cli = join(root, 'node_modules/@playwright/test/cli.js');
    if (existsSync(cli)) {
      const install = [cli, 'install', 'chromium', '--no-shell'];
      const { ok, timedOut } = await quiet(process.execPath, install, { timeout: 2 * MINUTE });
      found = lookForBrowser();
      if (!found)
        tried.push(
          `Playwright's download ${ok ? 'does not start' : timedOut ? 'took over 120 s' : 'failed'}`,
        );
    } else tried.push("no packages yet for Playwright's download");
  }
  if (!found) {
    const problem = await aptInstall(['chromium']);
    found = problem ? undefined : lookForBrowser();
    if (!found) tried.push(problem ?? "apt's chromium does not start");
  }
  if (!found) throw new SetupError(`${NO_BROWSER} (${tried.join('; ')})`);
  if (tried.length || Date.now() - start > 30_000) console.log(`browser: installed in ${seconds(start)}`);
  console.log(`browser: ${found.executablePath}, ${found.version}`);
  return found;
}

// ── Firefox, for the tests alone ────────────────────────────────────────────

function installedFirefoxes() {
  if (process.env.FIREFOX_PATH) return [process.env.FIREFOX_PATH];
  const found = ['firefox', 'firefox-esr', 'firefox-developer-edition'].map(onPath);
  if (process.platform === 'darwin')
    for (const base of ['/Applications', join(homedir(), 'Applications')])
      found.push(join(base, 'Firefox.app', 'Contents/MacOS/firefox'));
  if (linux) found.push('/usr/lib/firefox-esr/firefox-esr', '/usr/lib/firefox/firefox');
  return [...new Set(found.filter((file) => file && existsSync(file)))];
}

let cachedFirefox;

/** A Firefox that is on this machine now, or undefined: the tests do without. */
export function findFirefox() {
  if (windows) return undefined; // what drives it (tests/firefox/launch.mjs) is a script, which starts nothing there
  for (const executablePath of cachedFirefox ? [] : installedFirefoxes()) {
    const version = startedVersion(executablePath);
    if (!version) continue;
    cachedFirefox = { executablePath, version };
    break;
  }
  return cachedFirefox;
}

/** Finds a Firefox, or gets one where that needs no question. Says why its tests are skipped if there is none. */
export async function ensureFirefox() {
  const start = Date.now();
  let problem;
  if (windows) problem = 'not driven on Windows';
  else if (!findFirefox()) problem = await aptInstall(['firefox-esr']);
  const found = findFirefox();
  if (!found) console.log(`firefox: none, so its tests are skipped (${problem ?? "apt's firefox-esr does not start"})`);
  else console.log(`firefox: ${found.executablePath}, ${found.version}${Date.now() - start > 30_000 ? `, installed in ${seconds(start)}` : ''}`);
}

// ── system packages ─────────────────────────────────────────────────────────

/** Installs Debian packages where that needs no question. Undefined when it worked, else why not. */
async function aptInstall(packages) {
  if (!linux || !onPath('apt-get')) return 'no apt-get here';
  const sudo = !asRoot;
  if (sudo && (!onPath('sudo') || spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0))
    return 'apt-get needs root';
  const apt = (...args) => {
    const call = [
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '-qq',
      '-o',
      'DPkg::Lock::Timeout=120',
      ...args,
    ];
    return sudo ? quiet('sudo', ['-n', ...call]) : quiet(call[0], call.slice(1));
  };
  await apt('update');
  const { ok, output } = await apt('install', '-y', '--no-install-recommends', ...packages);
  if (ok) return undefined;
  const reason = output.split('\n').find((line) => line.startsWith('E:'));
  return `apt-get could not install ${packages.join(', ')}${reason ? ` (${reason.slice(2).trim()})` : ''}`;
}

// ── command line ────────────────────────────────────────────────────────────

async function main() {
  const steps = { packages: ensurePackages, browser: ensureBrowser, firefox: ensureFirefox };
  const asked = process.argv.slice(2);
  const unknown = asked.find((name) => !Object.hasOwn(steps, name));
  if (unknown !== undefined) {
    console.error(
      `setup: unknown step "${unknown}"; usage: node src/run/setup.mjs [packages] [browser] [firefox]`,
    );
    return 2;
  }
  for (const name of asked.length ? asked : ['packages', 'browser']) await steps[name]();
  return 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await runMain(main);
