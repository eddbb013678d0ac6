// Our deck beside Slidev and plain reveal.js with the same ten slides: bytes, requests, time to the
// first slide, build and PDF. Prints figures and judges none of them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from '@playwright/test';
import { loadContent } from '../build/plugin.ts';
import { stepCount } from '../panels/panel.ts';
import { parseFigure } from '../results.ts';
import { measureLoad, type Talk } from './bench-peers/load.ts';
import { loadTen, TEN, textOf } from './bench-peers/slides.ts';
import { behind, tableOf, type Column, type Samples } from './bench-peers/table.ts';
import { NAMES, tools, type Tool } from './bench-peers/tools.ts';
import { inspectPdf, type Inspected } from './pdf-check.ts';
import { progress, readOptions } from './serve.ts';
import { findBrowser, SetupError } from './setup.mjs';
import { readSite, serveSite } from './site.ts';

const HELP = `npm run bench -- [--runs 5] [--only ${NAMES.join(',')}] [--json file]
Builds our deck and the same ten slides in Slidev and in plain reveal.js, and prints medians side by side;
in brackets how many times ours. The column “ours, whole” is the whole talk, for the record.
Slidev and reveal.js are installed into .bench when first asked for; without a network what is there is measured.`;
const o = readOptions({ runs: '5', only: NAMES.join(','), json: '' }, HELP);
const RUNS = Number(o.runs);
const asked = o.only.split(',').filter(Boolean);
const wrong = !Number.isInteger(RUNS) || RUNS < 1 ? `--runs: ${o.runs} is not a number of runs` : asked.find((n) => !(NAMES as readonly string[]).includes(n));
if (wrong || !asked.length) {
  console.error(`${wrong ? (wrong.startsWith('--') ? wrong : `--only: there is no ${wrong}`) : '--only names none'}\n${HELP}`);
  process.exit(2);
}

const ten = loadTen();
const { deck: whole } = loadContent({ only: '' });
const talk = [...whole.slides.filter((s) => s.cuts.includes(25)), ...whole.slides.filter((s) => !s.cuts.includes(25))];
const wholeSlides = talk.map((s) => ({ id: s.id, headline: textOf(s.headline), chart: s.stage.some((p) => p.panel && !['text', 'table', 'live'].includes(p.panel.options.view)), keys: 1 + s.stage.reduce((n, p) => n + (p.panel ? stepCount(p.panel.figure, p.panel.options) : 0), 0) }));
const tenSlides = ten.slides.map((s) => ({ id: s.id, headline: s.headline, chart: s.content.some((c) => 'chart' in c) }));
/** Of every chart: what its upright axis says. In a PDF of vectors it is text. */
const axes = [...ten.files].map(([name, json]) => parseFigure(name, json).y.label);

const found = findBrowser();
const load = loadavg()[0]!; // of others; it lengthens every time below
const folder = mkdtempSync(join(tmpdir(), 'bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

interface Measured {
  tool: Tool;
  samples: Samples;
  pdf?: Inspected;
}
const say = (text: string): void => console.error(text);
const reason = (e: unknown): string => (e instanceof Error ? e.message : String(e));
const missing: string[] = [];
function miss(text: string): void {
  missing.push(text);
  say(text);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Builds and PDFs, one after the other; the last build stays. */
async function make(m: Measured): Promise<void> {
  const { tool, samples } = m;
  const isWhole = tool.slides !== TEN.length;
  const runs = isWhole ? 1 : RUNS;
  const count = progress(`${tool.name}, made`);
  const keep = (key: string, value: number): void => void (samples[key] ??= []).push(value);
  const file = join(folder, `${tool.name}.pdf`);
  for (let i = 0; i < runs; i++) {
    if (tool.build) keep('build', await timed(tool.build));
    if (!isWhole) await makePdf(m, file, keep).catch((e: unknown) => miss(`${tool.name}, PDF: ${reason(e)}`));
    count(i + 1, runs);
  }
  if (m.samples.pdfSize) m.pdf = await inspectPdf(readFileSync(file), axes);
}

async function makePdf({ tool }: Measured, file: string, keep: (key: string, value: number) => void): Promise<void> {
  if (tool.exportPdf) keep('pdf', await timed(() => tool.exportPdf!(file)));
  if (tool.printPdf) {
    const served = await serveSite(readSite(tool.site));
    let pdf: Uint8Array | undefined;
    const print = async (): Promise<void> => {
      const browser = await chromium.launch({ executablePath: found.executablePath, args: found.args });
      try {
        pdf = await tool.printPdf!(browser, served.url);
      } finally {
        await browser.close();
      }
    };
    try {
      keep('print', await timed(print));
    } finally {
      served.close();
    }
    if (!tool.exportPdf) writeFileSync(file, pdf!);
  }
  keep('pdfSize', readFileSync(file).length);
}

const all = tools(ten, wholeSlides);
const measured: Measured[] = [];
for (const name of NAMES.filter((n) => asked.includes(n))) {
  const m: Measured = { tool: all[name], samples: {} };
  try {
    await m.tool.prepare();
    await make(m);
    measured.push(m);
  } catch (e) {
    if (name === 'ours') throw e;
    miss(e instanceof SetupError ? e.message : `${name}: ${reason(e)}`);
  }
}

if (!measured.length) process.exit(1); // said above

// by turns, so that what else the machine does meets all of them alike
const sites = await Promise.all(
  measured.map(async (m) => {
    const slides = m.tool.slides === TEN.length ? tenSlides : wholeSlides;
    const index = slides.findIndex((s) => s.chart);
    const site = readSite(m.tool.site);
    const served = await serveSite(site);
    const talk: Talk = { url: served.url, site, headlines: slides.map((s) => s.headline), keys: m.tool.keys, chart: { index, address: m.tool.address(slides[index]!.id, index) }, last: m.tool.slides === TEN.length ? TEN.length - 1 : 0 };
    return { m, served, talk };
  }),
);
const browser = await chromium.launch({ executablePath: found.executablePath, args: found.args });
const count = progress('loaded');
try {
  for (let i = 0; i < RUNS; i++) {
    for (const { m, talk } of sites) {
      try {
        for (const [key, value] of Object.entries(await measureLoad(browser, talk))) (m.samples[key] ??= []).push(value);
      } catch (e) {
        miss(`${m.tool.name}, loading: ${reason(e)}`);
      }
    }
    count(i + 1, RUNS);
  }
} finally {
  await browser.close();
  for (const { served } of sites) served.close();
}

// --- the table

const columns = measured.map(({ tool, samples }): Column => ({ label: tool.label, samples, role: tool.name === 'ours' ? 'ours' : tool.name === 'whole' ? 'record' : 'rival' }));
const rivals = measured.filter((m) => m.tool.name !== 'whole');
const facts = (m: Measured): string => {
  const p = m.pdf;
  if (!p) return '';
  const n = ten.slides.length;
  return [
    `PDF of ${p.pages} pages for ${n} slides`,
    p.isTagged ? `tagged, ${p.headings} pages with a tagged headline` : 'not tagged',
    p.outline ? `outline of ${p.outline}` : 'no outline',
    `${p.found} of ${axes.length} charts as vectors with text`,
    `pixels on ${p.rasterPages} pages`,
    `${p.links} links`,
  ].join('; ');
};
const NOTES: Record<string, string> = {
  ours: 'charts with error bars, printed values, steps and a table for screen readers; the build also makes the evidence index, the article and the speaker’s page; the PDF command builds, prints and checks what it wrote',
  slidev: 'routes by hash, no web fonts (its theme would ask another host); plain Chart.js; its export starts a dev server of its own, with an outline',
  reveal: 'as its package’s index.html has it, with the theme “white”, whose fonts are inside its style sheet; plain Chart.js; nothing to build, no PDF command: ?print-pdf, printed by the browser with tags and outline asked for',
  'reveal-serif': 'the same with its theme “serif”, which brings no fonts: the leanest that it offers',
};
console.log(`${found.version}, ${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} processors, Node ${process.versions.node}; HTTP/1.1 with gzip, cold cache; median of ${RUNS} (in brackets: times ours)`);
console.log(`load average at the start ${load.toFixed(1)}${load > availableParallelism() / 2 ? ': BUSY, so the times are too long' : ''}\n`);
for (const line of tableOf(columns)) console.log(line);
console.log('\nwhat is compared');
for (const m of rivals) console.log(`  ${m.tool.label}: ${NOTES[m.tool.name]!}\n    ${facts(m)}`);
const worse = behind(columns);
if (['ours', 'rival'].every((role) => columns.some((c) => c.role === role))) console.log(worse.length ? `\nbehind in ${worse.length}:\n${worse.map((w) => `  ${w}`).join('\n')}` : '\nahead in every row');
if (missing.length) console.log(`\nNOT MEASURED:\n${missing.map((m) => `  ${m.replaceAll('\n', '\n    ')}`).join('\n')}`);
if (o.json) {
  const file = resolve(process.env.INIT_CWD ?? process.cwd(), o.json);
  const tools = measured.map((m) => ({ name: m.tool.name, label: m.tool.label, slides: m.tool.slides, samples: m.samples, pdf: m.pdf }));
  writeFileSync(file, `${JSON.stringify({ browser: found.version, node: process.versions.node, processors: availableParallelism(), load, runs: RUNS, tools, behind: worse, missing }, null, 1)}\n`);
}
