// A picture of every slide, at every step's end, in both themes: to be opened and looked at.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { progress, readOptions, root, serveDeck } from './serve.ts';

const HELP = `npm run shots -- [--size 1280x720,1920x1080,390x844] [--theme light,dark] [--cut 25] [--only id,id] [--out shots]
Writes a PNG of each slide and a contact sheet of each set.`;
const o = readOptions({ size: '1280x720', theme: 'light,dark', cut: '25', only: '', out: 'shots' }, HELP);

const served = await serveDeck();
const out = resolve(root, o.out);
try {
  for (const size of o.size.split(','))
    for (const theme of o.theme.split(',')) {
      const [width = 1280, height = 720] = size.split('x').map(Number);
      const folder = join(out, `${size}-${theme}`);
      if (!o.only) rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      const page = await served.browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce', colorScheme: theme as 'light' | 'dark' });
      await page.goto(`${served.url}?theme=${theme}&cut=${o.cut}`);
      await page.waitForSelector('html[data-loaded="all"]');
      const all = await page.evaluate(() => window.talk.entries.map((e) => ({ id: e.id, number: e.number })));
      const wanted = o.only ? all.filter((e) => o.only.split(',').includes(e.id)) : all;
      const say = progress(`${size} ${theme}`);
      const files: string[] = [];
      for (const [i, e] of wanted.entries()) {
        await page.evaluate((id) => {
          const section = document.getElementById(id)!;
          const { h, v } = window.talk.deck.getIndices(section);
          window.talk.deck.slide(h, v, section.querySelectorAll('.fragment').length);
        }, e.id);
        await page.waitForFunction((id) => [...document.getElementById(id)!.querySelectorAll('.panel-body')].every((b) => b instanceof HTMLElement && (b.dataset.state === 'ready' || b.dataset.state === 'failed')), e.id);
        const file = `${e.number.padStart(2, '0')}-${e.id}.png`;
        await page.screenshot({ path: join(folder, file) });
        files.push(file);
        say(i + 1, wanted.length);
      }
      writeFileSync(join(folder, 'index.html'), `<!doctype html><meta charset="utf-8"><title>${size} ${theme}</title><style>body{margin:12px;font:14px sans-serif;display:grid;grid-template-columns:repeat(${width < 500 ? 8 : 4},1fr);gap:10px}img{width:100%;border:1px solid #999}</style>${files.map((f) => `<figure style="margin:0"><a href="${f}"><img src="${f}" alt=""></a><figcaption>${f}</figcaption></figure>`).join('')}`);
      const sheet = await served.browser.newPage({ viewport: { width: 2000, height: 1000 } });
      await sheet.goto(`file://${join(folder, 'index.html')}`);
      await sheet.screenshot({ path: join(folder, 'contact-sheet.png'), fullPage: true });
      await sheet.close();
      await page.close();
    }
  console.log(`shots are in ${o.out}/, each set with a contact-sheet.png`);
} finally {
  await served.close();
}
