// A canvas that writes SVG: as much of CanvasRenderingContext2D as our charts use. Colours are passed
// on as they are, so that they may be tokens of the page's style sheet; text stays text.
import { writeMarks, type Attributes, type Mark } from './marks.ts';
import { BASELINE, type Measure } from './metrics.ts';

type Matrix = [a: number, b: number, c: number, d: number, e: number, f: number];
interface State {
  matrix: Matrix;
  clip: string; // id, or empty
  fillStyle: string;
  strokeStyle: string;
  lineWidth: number;
  lineCap: string;
  lineJoin: string;
  lineDashOffset: number;
  dash: number[];
  globalAlpha: number;
  font: string;
  textAlign: 'left' | 'right' | 'center' | 'start' | 'end';
  textBaseline: keyof typeof BASELINE;
}

const n = (v: number): string => String(Math.round(v * 10) / 10 || 0);
const ANCHOR = { left: '', start: '', center: 'middle', right: 'end', end: 'end' };

/** Weight and size of a CSS font shorthand as Chart.js and our plugins write it. */
function readFont(font: string): { size: number; weight: number } {
  const [, weight, size] = /^(?:\w+\s+)??(bold|normal|\d{3})?\s*(?:normal\s+)?([\d.]+)px/.exec(font) ?? [];
  return { size: Number(size ?? 16), weight: weight === 'bold' ? 700 : Number(weight) || 400 };
}

export interface SvgCanvas {
  width: number;
  height: number;
  style: Record<string, string>;
  getContext(): unknown;
  /** The picture's content, without the <svg> round it. `id` makes its clip paths the page's only ones of their name. */
  content(id: string): string;
}

/** `base` is the size of text which the picture itself has, in px. */
export function createSvgCanvas(width: number, height: number, base: number, measure: Measure): SvgCanvas {
  const out: Mark[] = [];
  const clips: string[] = [];
  let path = '';
  let filled: Mark | undefined; // by the path as it stands
  let at: [number, number] | undefined; // where the path stands, in the picture
  let box: { x: number; y: number; w: number; h: number } | undefined; // of a path that is one rectangle
  const first: State = { matrix: [1, 0, 0, 1, 0, 0], clip: '', fillStyle: '#000', strokeStyle: '#000', lineWidth: 1, lineCap: 'butt', lineJoin: 'miter', lineDashOffset: 0, dash: [], globalAlpha: 1, font: '10px sans-serif', textAlign: 'start', textBaseline: 'alphabetic' };
  let state = first;
  const stack: State[] = [];

  const point = (x: number, y: number): [number, number] => {
    const [a, b, c, d, e, f] = state.matrix;
    return [a * x + c * y + e, b * x + d * y + f];
  };
  const boxInPicture = ({ x, y, w, h }: NonNullable<typeof box>): NonNullable<typeof box> => {
    const [[left, top], [right, bottom]] = [point(x, y), point(x + w, y + h)];
    return { x: left, y: top, w: right - left, h: bottom - top };
  };
  const scale = (): number => Math.hypot(state.matrix[0], state.matrix[1]);
  const multiply = (m: Matrix): void => {
    const [a, b, c, d, e, f] = state.matrix;
    state.matrix = [a * m[0] + c * m[1], b * m[0] + d * m[1], a * m[2] + c * m[3], b * m[2] + d * m[3], a * m[4] + c * m[5] + e, b * m[4] + d * m[5] + f];
  };
  const go = (command: string, ...points: [number, number][]): void => {
    const [x, y] = points[0]!;
    if (command === 'L' && at && n(at[0]) === n(x) && n(at[1]) === n(y)) return;
    path += command + points.map((p) => `${n(p[0])} ${n(p[1])}`).join(' ');
    at = points.at(-1);
  };
  const isNothing = (colour: string): boolean => colour === 'transparent' || /,\s*0\)$/.test(colour) || /^#[0-9a-f]{6}00$/i.test(colour);
  /** What is said: nothing that is the picture's own default. */
  const say = (list: Record<string, string | number | undefined>): Attributes =>
    Object.fromEntries(Object.entries(list).flatMap(([k, v]) => (v === undefined || v === '' ? [] : [[k, typeof v === 'number' ? n(v) : v]])));
  const common = (): Attributes => say({ opacity: state.globalAlpha < 1 ? String(state.globalAlpha) : undefined, 'clip-path': state.clip && `url(#${state.clip})` });
  const stroke = (): Attributes => {
    const width = state.lineWidth * scale();
    return say({
      stroke: state.strokeStyle,
      'stroke-width': n(width) === '1' ? undefined : width,
      'stroke-dasharray': state.dash.length ? state.dash.map(n).join(' ') : undefined,
      'stroke-linejoin': state.lineJoin === 'miter' ? undefined : state.lineJoin,
      'stroke-linecap': state.lineCap === 'butt' ? undefined : state.lineCap,
    });
  };

  const ctx = {
    save: () => void stack.push({ ...state, matrix: [...state.matrix], dash: [...state.dash] }),
    restore: () => void (state = stack.pop() ?? state),
    translate: (x: number, y: number) => multiply([1, 0, 0, 1, x, y]),
    scale: (x: number, y: number) => multiply([x, 0, 0, y, 0, 0]),
    rotate: (r: number) => multiply([Math.cos(r), Math.sin(r), -Math.sin(r), Math.cos(r), 0, 0]),
    setTransform: (...m: Matrix) => void (state.matrix = m),
    resetTransform: () => void (state.matrix = [1, 0, 0, 1, 0, 0]),
    setLineDash: (dash: number[]) => void (state.dash = dash),
    getLineDash: () => state.dash,
    beginPath: () => {
      path = '';
      at = box = undefined;
    },
    moveTo: (x: number, y: number) => go('M', point(x, y)),
    lineTo: (x: number, y: number) => go(at ? 'L' : 'M', point(x, y)),
    bezierCurveTo: (...p: number[]) => go('C', point(p[0]!, p[1]!), point(p[2]!, p[3]!), point(p[4]!, p[5]!)),
    quadraticCurveTo: (...p: number[]) => go('Q', point(p[0]!, p[1]!), point(p[2]!, p[3]!)),
    closePath: () => void (path && (path += 'Z')),
    rect: (x: number, y: number, w: number, h: number) => {
      box = path ? undefined : { x, y, w, h };
      go('M', point(x, y));
      for (const [px, py] of [[x + w, y], [x + w, y + h], [x, y + h]] as const) go('L', point(px, py));
      path += 'Z';
    },
    arc: (x: number, y: number, r: number, from: number, to: number, isBack = false) => {
      const whole = Math.abs(to - from) >= 2 * Math.PI - 1e-6;
      const on = (angle: number): [number, number] => point(x + r * Math.cos(angle), y + r * Math.sin(angle));
      const radius = n(r * scale());
      go(at ? 'L' : 'M', on(from));
      const turn = (angle: number): number => (((isBack ? from - angle : angle - from) % (2 * Math.PI)) + 2 * Math.PI) % (2 * Math.PI);
      const sweep = isBack ? 0 : 1;
      for (const end of whole ? [from + Math.PI, from] : [to]) {
        const [px, py] = on(end);
        path += `A${radius} ${radius} 0 ${!whole && turn(to) > Math.PI ? 1 : 0} ${sweep} ${n(px)} ${n(py)}`;
        at = [px, py];
      }
    },
    fill: () => {
      if (!/[ACQ]|L.*L/.test(path) || isNothing(state.fillStyle)) return; // a line has no inside
      out.push((filled = { tag: 'path', place: { d: path }, style: { fill: state.fillStyle, ...common() }, ...(box && { box: boxInPicture(box) }) }));
    },
    stroke: () => {
      if (!/[LACQ]/.test(path) || !state.lineWidth || isNothing(state.strokeStyle)) return;
      // a mark is filled, then outlined: one path for both
      if (filled && out.at(-1) === filled && filled.place.d === path) Object.assign(filled.style, stroke());
      else out.push({ tag: 'path', place: { d: path }, style: { fill: 'none', ...common(), ...stroke() } });
      filled = undefined;
    },
    clip: () => {
      const shape = box ? `<rect x="${n(box.x)}" y="${n(box.y)}" width="${n(box.w)}" height="${n(box.h)}"/>` : `<path d="${path}"/>`;
      if (!clips.includes(shape)) clips.push(shape);
      state.clip = `%id%-${clips.indexOf(shape)}`;
    },
    fillRect: (x: number, y: number, w: number, h: number) => {
      ctx.beginPath();
      ctx.rect(x, y, w, h);
      ctx.fill();
    },
    strokeRect: (x: number, y: number, w: number, h: number) => {
      ctx.beginPath();
      ctx.rect(x, y, w, h);
      ctx.stroke();
    },
    clearRect: () => {},
    measureText: (given: string | null) => {
      const text = given ?? '';
      const { size, weight } = readFont(state.font);
      return { width: measure(text, size, weight), actualBoundingBoxAscent: size * 0.73, actualBoundingBoxDescent: size * 0.2 };
    },
    fillText: (text: string, x: number, y: number) => {
      if (!text.trim() || isNothing(state.fillStyle)) return;
      const { size, weight } = readFont(state.font);
      const [a, b] = state.matrix;
      const [px, py] = point(x, y + size * BASELINE[state.textBaseline]);
      const angle = Math.round((Math.atan2(b, a) * 180) / Math.PI);
      out.push({
        tag: 'text',
        text,
        at: [px, py],
        place: angle ? { transform: `translate(${n(px)} ${n(py)}) rotate(${angle})` } : { x: n(px), y: n(py) },
        style: say({ 'text-anchor': ANCHOR[state.textAlign], 'font-size': size * scale() === base ? undefined : size * scale(), 'font-weight': weight === 400 ? undefined : String(weight), fill: state.fillStyle, opacity: common().opacity }),
      });
    },
    strokeText: () => {}, // only ever a halo behind a text
  };
  // plain properties of a context are those of the state that save() keeps
  for (const key of Object.keys(first) as (keyof State)[])
    if (!['matrix', 'clip', 'dash'].includes(key)) Object.defineProperty(ctx, key, { get: () => state[key], set: (v: never) => (state = { ...state, [key]: v }) });

  const canvas: SvgCanvas = {
    width,
    height,
    style: {},
    getContext: () => ctx,
    content: (id) => {
      const drawn = writeMarks(out);
      const used = clips.flatMap((c, i) => (drawn.includes(`#%id%-${i})`) ? [`<clipPath id="%id%-${i}">${c}</clipPath>`] : []));
      return `${used.length ? `<defs>${used.join('')}</defs>` : ''}${drawn}`.replaceAll('%id%', id);
    },
  };
  Object.assign(ctx, { canvas });
  return canvas;
}
