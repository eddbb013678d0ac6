// What must be right before a talk, each check by itself: it looks, and says in words what it found
// and what to do. Knows no markup. A check that throws is a check that failed, never a silent one.
import { pageAddress } from '../site/address.ts';
import { fetchFile, isOneFile } from '../site/files.ts';
import { sha256Hex } from '../live/sha256.ts';
import { keep } from '../deck/storage.ts';

/** pass: as it should be. note: works, but know this. try: only a click can tell. fix: mend it. */
export type Status = 'pass' | 'note' | 'try' | 'fix';
export interface Result {
  status: Status;
  found: string;
  /** What to do about it. */
  todo?: string;
}
export interface Check {
  id: string;
  name: string;
  run(): Promise<Result> | Result;
  /** What only a person's click may do; its result takes the place of the other. */
  attempt?: { label: string; run(): Promise<Result> | Result };
}
export interface Group {
  name: string;
  checks: Check[];
}

const pass = (found: string): Result => ({ status: 'pass', found });
const note = (found: string, todo?: string): Result => ({ status: 'note', found, ...(todo && { todo }) });
const fix = (found: string, todo: string): Result => ({ status: 'fix', found, todo });

// --- this copy

/** Each family with the weights and some characters that slides are set in. */
const FACES: [family: string, words: string, fonts: string[]][] = [
  ['Deck Serif', 'headlines', ['600 40px "Deck Serif"', '400 24px "Deck Serif"']],
  ['Deck Sans', 'text and charts', ['400 20px "Deck Sans"', '600 20px "Deck Sans"']],
  ['Deck Mono', 'code', ['400 18px "Deck Mono"']],
];

async function fonts(): Promise<Result> {
  const missing: string[] = [];
  for (const [family, words, all] of FACES)
    for (const font of all) {
      const faces = await document.fonts.load(font, 'Ab1').catch(() => []);
      // check() alone would call a family that nobody declared loaded
      if (!faces.length || !document.fonts.check(font, 'Ab1')) missing.push(`${family} (${words})`);
    }
  const unique = [...new Set(missing)];
  return unique.length ? fix(`Not loaded: ${unique.join(', ')}.`, 'Reload. If it stays, this copy’s font files are missing: copy or publish the whole folder again.') : pass(`All three families are loaded: ${FACES.map(([family]) => family.replace('Deck ', '')).join(', ')}.`);
}

interface File {
  name: string;
  /** What the SHA-256 must begin with: as it stands in the name, or, of a checkpoint, all of it. */
  hash: string;
}
const fileOf = (text: string): File => {
  const [name = '', whole] = text.split('#');
  return { name, hash: whole ?? /\.([0-9a-f]+)\.[a-z]+$/.exec(name)?.[1] ?? '–' };
};

/** Fetches a file past the browser's own store, but not past an offline copy, which is what will be used; says what is wrong. */
async function verify({ name, hash }: File): Promise<string> {
  const response = await fetchFile(`../${name}`, { cache: 'no-cache' }).catch(() => undefined);
  if (!response) return `${name} could not be fetched`;
  if (!response.ok) return `${name} could not be fetched (${response.status})`;
  const bytes = new Uint8Array(await response.arrayBuffer());
  return sha256Hex(bytes).startsWith(hash) ? '' : `${name} is not what its name says`;
}
async function verifyAll(files: File[]): Promise<string[]> {
  const wrong: string[] = [];
  const left = [...files];
  const one = async (): Promise<void> => {
    for (let f = left.shift(); f; f = left.shift()) {
      const said = await verify(f);
      if (said) wrong.push(said);
    }
  };
  await Promise.all(Array.from({ length: 6 }, one));
  return wrong.sort();
}
const some = (all: string[]): string => `${all.slice(0, 3).join('; ')}${all.length > 3 ? `; and ${all.length - 3} more` : ''}.`;
const ANEW = 'Copy or publish the whole folder again, then check again.';

async function data(files: File[]): Promise<Result> {
  const plain = files.filter((f) => f.name.endsWith('.json'));
  const wrong = await verifyAll(plain);
  return wrong.length ? fix(some(wrong), ANEW) : pass(`All ${plain.length} data files are here, and each has the content hash in its name.`);
}

async function checkpoints(files: File[]): Promise<Result> {
  const models = files.filter((f) => f.name.endsWith('.safetensors'));
  const wrong = await verifyAll(models);
  return wrong.length ? fix(some(wrong), `${ANEW} Until then the live slides play their recording.`) : pass(`Both models of the live run are here, with the whole SHA-256 of the recorded ones.`);
}

/** The deck's page may be of another build than this page: kept by a browser, or half published. */
async function pages(files: File[]): Promise<Result> {
  if (isOneFile) return pass('The slides and this page are one file.');
  const response = await fetch('../', { cache: 'no-cache' }).catch(() => undefined);
  if (!response?.ok) return fix('The slides’ page could not be fetched.', ANEW);
  const named = new Set((await response.text()).match(/data\/[\w.-]+\.[0-9a-f]{10}\.(?:json|safetensors)/g));
  const unknown = [...named].filter((n) => !files.some((f) => f.name === n));
  return unknown.length || !named.size ? fix('The slides’ page and this page are not of the same build.', 'Reload the slides with Shift held; if it stays, publish the whole folder again.') : pass(`The slides’ page names ${named.size} of these files, and no other.`);
}

function offline(): Result {
  if (isOneFile) return pass('This file holds all of the talk: no network is needed.');
  if (!('serviceWorker' in navigator)) return note(isSecureContext ? 'This browser has no offline copies.' : 'Over plain http from another machine there are no offline copies.', 'Open the slides once with the network and leave the tab open: everything is then in memory.');
  if (navigator.serviceWorker.controller) return pass('An offline copy is kept in this browser and answers for the network.');
  return note('No offline copy answers here.', 'Open the slides once with the network, wait a few seconds, reload, and check again. Or leave their tab open: everything is then in memory.');
}

// --- windows and screen

function fullscreen(): Result {
  return document.fullscreenEnabled ? { status: 'try', found: 'Allowed here; only a click can show that it works.' } : fix('Full screen is not allowed here.', 'Open the talk in a window of its own, not in a frame, or use the browser’s own full screen (F11).');
}
async function tryFullscreen(): Promise<Result> {
  try {
    await document.documentElement.requestFullscreen();
    await document.exitFullscreen();
    return pass('It went to full screen and back.');
  } catch {
    return fix('The browser refused.', 'Use the browser’s own full screen (F11), or another browser.');
  }
}

const popup = (): Result => ({ status: 'try', found: 'The speaker view opens in a second window; only a click can show that it may.' });
/** Opens the speaker view and looks whether it is there; then closes it. */
function tryPopup(): Promise<Result> {
  return new Promise((done) => {
    const opened = window.open(pageAddress('../speaker/'), 'preflight', 'width=420,height=260');
    if (!opened) return done(fix('The browser blocked it.', 'Allow pop-ups for this page: the sign is in the address bar.'));
    const since = Date.now();
    const look = setInterval(() => {
      const isThere = Boolean(opened.document?.getElementById('notes'));
      if (!isThere && Date.now() - since < 8000) return;
      clearInterval(look);
      opened.close();
      done(isThere ? pass('The speaker view opened in a second window, and was closed again.') : fix('A window opened, but not the speaker view.', ANEW));
    }, 100);
  });
}

async function wake(): Promise<Result> {
  const byHand = 'Set the computer not to sleep and not to dim.';
  if (!('wakeLock' in navigator)) return note(isSecureContext ? 'This browser cannot keep the screen awake.' : 'Over plain http from another machine the browser does not keep the screen awake.', byHand);
  try {
    await (await navigator.wakeLock.request('screen')).release();
    return pass('The slides can keep the screen awake.');
  } catch {
    return note('The browser refused to keep the screen awake; a low battery is the usual reason.', `Plug in. ${byHand}`);
  }
}

function size(): Result {
  const [w, h] = [screen.width, screen.height];
  const ratio = w / h;
  const more = (screen as Screen & { isExtended?: boolean }).isExtended;
  const what = `This screen is ${w} × ${h} at scale ${Math.round(devicePixelRatio * 100) / 100}, this window ${innerWidth} × ${innerHeight}.${more === undefined ? '' : more ? ' A second screen is connected.' : ' No second screen is connected.'}`;
  if (w < 1024) return note(`${what} Too small to project from.`, 'To read, it will do. To present, use a screen of at least 1280 × 720.');
  if (Math.abs(ratio - 16 / 9) > 0.02) return note(`${what} Slides are 16 : 9: there will be bars ${ratio > 16 / 9 ? 'left and right' : 'above and below'}.`, 'Nothing is cut off. For no bars set the projector to 1920 × 1080.');
  return pass(`${what} It is 16 : 9, as the slides are.`);
}

/** Pictures drawn in a second. */
async function frames(): Promise<Result> {
  if (document.visibilityState !== 'visible') return note('Not measured: this page is hidden.', 'Bring it to the front and check again.');
  const rate = await new Promise<number>((done) => {
    let [n, first] = [0, 0];
    const give = setTimeout(() => done(n), 3000); // nothing is drawn at all
    const next = (t: number): void => {
      if (!n++) first = t;
      if (t - first < 1000) return void requestAnimationFrame(next);
      clearTimeout(give);
      done(((n - 1) * 1000) / (t - first));
    };
    requestAnimationFrame(next);
  });
  const what = `${Math.round(rate)} pictures a second. Normal is what the screen shows: 60 on most, 30 over some projectors’ cables.`;
  return rate >= 50 ? pass(what) : rate >= 24 ? note(what, 'It will do. For more, close other tabs and plug in.') : fix(what, 'Close other programs, plug in, and see that the browser uses the graphics card.');
}

// --- this browser

function wasm(): Result {
  const smallest = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
  const works = typeof WebAssembly === 'object' && WebAssembly.validate(smallest);
  return works ? pass('The live run can compute in this browser.') : fix('This browser has no WebAssembly.', 'Use another browser, or allow it: without it the live slides play their recording.');
}

/** As src/live/worker.ts chooses. */
async function gpu(): Promise<Result> {
  const kept = 'It is exact to the last digit there, and takes about a quarter of a minute.';
  if (!('gpu' in navigator)) return note(`No WebGPU here: the live run will use WebAssembly. ${kept}`);
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (!adapter) return note(`WebGPU finds no graphics device: the live run will use WebAssembly. ${kept}`);
  const { vendor, architecture, isFallbackAdapter } = adapter.info as GPUAdapterInfo & { isFallbackAdapter?: boolean };
  const name = [vendor, architecture].filter(Boolean).join(' ') || 'no name given';
  if (isFallbackAdapter) return note(`The graphics device is made of software (${name}), which is slower: the live run will use WebAssembly. ${kept}`);
  return pass(`The live run will use WebGPU (${name}). With ?device=wasm in the slides’ address it stays off the graphics card, where it is exact to the last digit.`);
}

function storage(): Result {
  const problem = keep('localStorage', 'preflight', 'x') || keep('sessionStorage', 'preflight', 'x');
  if (problem) return fix(`Nothing can be kept: ${problem}`, 'The talk works, but a rehearsal is not recorded and a reload sets the clock to zero. Allow storage for this page, or leave private browsing.');
  localStorage.removeItem('preflight');
  sessionStorage.removeItem('preflight');
  return pass('Rehearsals are kept, and a reload keeps the clock.');
}

function motion(): Result {
  return matchMedia('(prefers-reduced-motion: reduce)').matches ? note('This computer asks for less motion: nothing on the slides glides.', 'Nothing to do; the slides show the same.') : pass('Motion is allowed. Slides never need it.');
}

const HALF_A_MINUTE = 30_000;
/** The clock, and where a server tells its own, how far apart they are. */
async function clock(): Promise<Result> {
  const now = new Date();
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const what = `Here it is ${now.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })} on ${now.toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long' })}, time zone ${zone}.`;
  const todo = 'Compare it with the clock in the room: the projected end is told by it.';
  if (isOneFile || navigator.serviceWorker?.controller) return note(what, todo); // a kept answer tells an old time
  const told = await fetch(location.href, { method: 'HEAD', cache: 'no-store' }).then((r) => r.headers.get('date'), () => null);
  const apart = told ? now.getTime() - new Date(told).getTime() : Number.NaN;
  if (Number.isNaN(apart)) return note(what, todo);
  return Math.abs(apart) > HALF_A_MINUTE ? fix(`${what} The server’s clock is ${Math.round(Math.abs(apart) / 1000)} seconds ${apart > 0 ? 'behind' : 'ahead'}.`, 'Set this computer’s clock by the network.') : pass(`${what} The server’s clock agrees.`);
}

/** All of them; `list`: every data file, as the build wrote it. */
export function allChecks(list: string): Group[] {
  const files = list.split(' ').filter(Boolean).map(fileOf);
  return [
    {
      name: 'This copy of the talk',
      checks: [
        { id: 'data', name: 'Data files', run: () => data(files) },
        { id: 'checkpoints', name: 'Live models', run: () => checkpoints(files) },
        { id: 'pages', name: 'Slides’ page', run: () => pages(files) },
        { id: 'fonts', name: 'Fonts', run: fonts },
        { id: 'offline', name: 'Offline copy', run: offline },
      ],
    },
    {
      name: 'Screen and windows',
      checks: [
        { id: 'size', name: 'Screen', run: size },
        { id: 'fullscreen', name: 'Full screen', run: fullscreen, attempt: { label: 'Try full screen', run: tryFullscreen } },
        { id: 'popup', name: 'Second window', run: popup, attempt: { label: 'Try a second window', run: tryPopup } },
        { id: 'wake', name: 'Screen stays awake', run: wake },
        { id: 'frames', name: 'Smoothness', run: frames },
      ],
    },
    {
      name: 'This browser',
      checks: [
        { id: 'wasm', name: 'WebAssembly', run: wasm },
        { id: 'gpu', name: 'Graphics card', run: gpu },
        { id: 'storage', name: 'Storage', run: storage },
        { id: 'motion', name: 'Motion', run: motion },
        { id: 'clock', name: 'Clock', run: clock },
      ],
    },
  ];
}
