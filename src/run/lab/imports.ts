// Which files a module imports when it runs, directly or through others. Reads import statements as
// our formatter writes them, and refuses what it might misread: a file passed over in silence would
// let numbers of old code pass for those of the new. Knows no lab.
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LabError } from './files.ts';

const COMMENTS = /^\s*\/\/.*$|^\s*\/\*[^]*?\*\//gm; // those that begin a line: a string may hold the others
const STATEMENTS = /^(import|export)(\s+type\s+(?!from\b)[\w{*])?(?:(?!\n(?:import|export)\b)[^;'"`])*?\bfrom\s*['"]([^'"\n]+)['"]|^import\s*['"]([^'"\n]+)['"]/gm;

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** What a source imports, types apart: they are gone when it runs. */
export function readImports(source: string, name: string): string[] {
  const code = source.replace(COMMENTS, '');
  const found = [...code.matchAll(STATEMENTS)];
  const read = found.map(([statement]) => statement).join('\n');
  for (const word of [/\bimport\b/g, /\bfrom\s*['"]/g, /\brequire\s*\(/g])
    if (count(code, word) !== count(read, word)) throw new LabError(`${name}: not every import in it can be followed: write each as a statement that begins a line and holds no comment, never as import() or require(), and keep the words out of other code`);
  return found.filter(([, , type]) => type === undefined).map(([, , , from, alone]) => (from ?? alone)!);
}

function readSource(file: URL, from: string): string {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new LabError(`${from}: imports ${fileURLToPath(file)}, and there is no such file`);
  return readFileSync(file, 'utf8').replaceAll('\r\n', '\n'); // line ends as in the repository
}

export interface Sources {
  /** Texts of the module and of all that it imports, in the order of the imports. */
  texts: string[];
  /** Packages that they import. */
  packages: Set<string>;
}

/** `isOutside`: of files that are not followed, for they do not bear on what is asked. */
export function collectSources(module: URL, isOutside: (file: URL) => boolean): Sources {
  const sources: Sources = { texts: [], packages: new Set() };
  const seen = new Set<string>();
  const follow = (file: URL, from: string): void => {
    if (seen.has(file.href)) return;
    seen.add(file.href);
    const text = readSource(file, from);
    if (isOutside(file)) return;
    sources.texts.push(text);
    const name = fileURLToPath(file);
    for (const specifier of readImports(text, name)) {
      if (/^\.{1,2}\//.test(specifier)) follow(new URL(specifier, file), name);
      else sources.packages.add(specifier);
    }
  };
  follow(module, 'the lab');
  return sources;
}
