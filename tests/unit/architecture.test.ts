// Who may know whom. The table is the rule; the tests read import lines.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from '@playwright/test';
import { read, root } from '../support.ts';

const files = (folder: string, ending: RegExp): string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((e) => e.isFile() && ending.test(e.name))
        .map((e) => relative(root, join(e.parentPath, e.name)))
    : [];

/** What a file imports: packages by name, our own by path from the project. */
function imports(file: string): string[] {
  const source = read(file).replace(/\/\*[^]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const statements = /^\s*(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"\n]+)['"]|^\s*import\s*['"]([^'"\n]+)['"]|\b(?:import|require)\(\s*['"]([^'"\n]+)['"]/gm;
  const found = [...source.matchAll(statements)].map((m) => (m[1] ?? m[2] ?? m[3])!);
  return found.map((name) => (name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)) : name));
}

const RULES: [folder: string, never: RegExp, why: string][] = [
  ['src/panels', /^src\/(deck|build|run|evidence|speaker|lab)\/|^reveal/, 'a panel knows no deck, no build and no slide'],
  ['src/deck', /^chart|^src\/(build|run|evidence|speaker)\/|^node:/, 'the deck reaches charts only through panels'],
  ['src/build', /^src\/(deck|run|evidence|speaker)\/|^chart|^reveal/, 'the build knows no browser'],
  ['src/evidence', /^chart|^reveal|^src\/(build|run|speaker)\//, 'the index reaches charts only through panels'],
  ['src/speaker', /^chart|^reveal|^src\/(build|run|panels|evidence)\//, 'the speaker view holds no state of the talk'],
  ['src/stage', /^src\/(?!stage\/)|^chart|^reveal|^node:/, 'the arithmetic of a talk knows no page'],
  ['src/preflight', /^chart|^reveal|^src\/(build|run|panels|speaker|evidence)\//, 'the checks draw nothing'],
  ['src/site', /^chart|^reveal|^src\/(panels|deck|build|run|evidence|speaker|lab)\/|^node:/, 'what knows a server knows no page'],
  ['src/single', /^chart|^reveal|^src\/(panels|deck|build|run|evidence|speaker|lab)\/|^node:/, 'what stands in for it knows no page either'],
  ['src/lab', /^src\/(panels|deck|build|run|evidence|speaker)\/|^chart|^reveal|^node:/, 'an experiment runs anywhere'],
];
for (const [folder, never, why] of RULES)
  test(`${folder} imports nothing that it must not know: ${why}`, () => {
    const wrong = files(folder, /\.(ts|mts|mjs)$/).flatMap((f) => imports(f).filter((i) => never.test(i)).map((i) => `${f} imports ${i}`));
    expect(wrong).toEqual([]);
  });

test('the rules are not empty: the folders exist and the imports are seen', () => {
  for (const folder of ['src/panels', 'src/deck', 'src/build', 'src/evidence', 'src/speaker', 'src/stage', 'src/preflight']) expect(files(folder, /\.ts$/), folder).not.toEqual([]);
  expect(imports('src/deck/main.ts')).toEqual(expect.arrayContaining(['reveal.js', 'src/panels/host.ts']));
  expect(imports('src/panels/host.ts')).toContain('src/panels/chart.ts');
  expect(imports('src/panels/chart.ts')).toContain('chart.js');
});

test('the contract imports nothing but zod', () => {
  expect(imports('src/results.ts').filter((i) => !/^zod(\/|$)/.test(i))).toEqual([]);
});

test('measures and format import nothing at all', () => {
  for (const f of ['src/measures.ts', 'src/format.ts']) expect(imports(f), f).toEqual([]);
});

test('an experiment touches no page and no clock', () => {
  for (const f of files('src/lab', /\.ts$/)) expect(read(f), f).not.toMatch(/\b(document|window|localStorage)\.|Math\.random|\bDate\b/);
});

test('no module imports itself through others', () => {
  const all = files('src', /\.ts$/);
  const cycles: string[] = [];
  const seen = new Set<string>(); // all that it leads to has been walked
  const walk = (file: string, path: string[]): void => {
    if (path.includes(file)) return void cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (seen.has(file)) return;
    seen.add(file);
    for (const next of imports(file)) if (all.includes(next)) walk(next, [...path, file]);
  };
  for (const f of all) walk(f, []);
  expect(cycles).toEqual([]);
});

test('slides are Markdown: no HTML, no script, no style', () => {
  for (const f of files('slides', /\.md$/)) {
    const text = read(f).replace(/`[^`\n]*`/g, '').replace(/^::code.*$/gm, '');
    expect(text.match(/<\/?[a-z!][^>]*>|\bstyle=|javascript:|on\w+=/gi) ?? [], f).toEqual([]);
  }
});

test('nothing in the sources loads anything from another host', () => {
  const wrong = files('src', /\.(ts|css|html)$/)
    .filter((f) => !f.startsWith('src/run/'))
    .flatMap((f) => {
      const source = read(f).replace(/\/\*[^]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
      return [...source.matchAll(/(?:https?:)?\/\/[\w-]+(\.[\w-]+)+[^\s'"`)]*/g)].map((m) => m[0]).filter((u) => u !== 'http://www.w3.org/2000/svg').map((u) => `${f}: ${u}`);
    });
  expect(wrong).toEqual([]);
});

test('diagrams carry no style attribute, script or outside link, which a strict policy would refuse', () => {
  for (const f of files('assets/diagrams', /\.svg$/)) expect(read(f).match(/\sstyle=|<style|<script|\son\w+=|href=|https?:/g) ?? [], f).toEqual([]);
});

test('every package that the sources import is declared, and no more', () => {
  const manifest = JSON.parse(read('package.json')) as { dependencies: Record<string, string>; devDependencies: Record<string, string> };
  const declared = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  const used = new Set(
    [...files('src', /\.(ts|mts|mjs)$/), ...files('tests', /\.(ts|mjs)$/), 'vite.config.ts']
      .flatMap(imports)
      .filter((i) => !/^(node:|src\/|tests\/|\.|\/)/.test(i) && i !== '' && !existsSync(join(root, i)))
      .map((i) => i.split('/').slice(0, i.startsWith('@') ? 2 : 1).join('/')),
  );
  expect([...used].filter((name) => !declared.includes(name))).toEqual([]);
});
