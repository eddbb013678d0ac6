// The curve of a run: what has been measured, over what was recorded, drawn by the same panel as any
// stored figure. Knows no session.
import { mount } from '../panels/chart.ts';
import type { Panel, PanelOptions } from '../panels/panel.ts';
import type { Figure, LiveRecord } from '../results.ts';
import type { Point } from './protocol.ts';
import type { View } from './session.ts';
import { findRun, lessonSteps } from './words.ts';

const KEYS = ['leak', 'never', 'past'] as const;
const NAMES = ['tuned away', 'never twin', 'past'];
const INKS = ['say', 'never', 'base'] as const;

/** The recording's figure with a run's points; `faint` of its last series are the recording. */
export function curveOf(figure: Figure, record: LiveRecord, { settings, points, source }: Pick<View, 'settings' | 'points' | 'source'>): { figure: Figure; faint: number } {
  const recorded = findRun(record, settings)?.points;
  const [first, second] = record.runs[0]!.points;
  const every = second!.step - first!.step;
  const all = settings.steps + lessonSteps(record);
  const values = (from: readonly Point[], key: (typeof KEYS)[number]): number[] => from.map((p) => Math.round(p[key] * 1000) / 10);
  const now = KEYS.map((key, i) => ({ name: figure.series[i]!.name, values: values(points, key) }));
  const isRecording = source === 'recorded' && points.length === recorded?.length;
  const before = recorded && !isRecording ? KEYS.map((key, i) => ({ name: `${figure.series[i]!.name}, recorded`, values: values(recorded, key) })) : [];
  const x = { label: `steps: ${settings.steps} of tuning, then ${lessonSteps(record)} of relearning`, values: Array.from({ length: all / every + 1 }, (_, i) => every * i) };
  const { reference: _, ...plain } = figure; // the twin stands on the chance line, and says it better
  return { figure: { ...plain, x, series: [...now, ...before] }, faint: before.length };
}

export function createCurve(host: HTMLElement, figure: Figure, record: LiveRecord) {
  let chart: Panel | undefined;
  let [drawn, form] = ['', ''];
  return {
    chart: (): Panel | undefined => chart,
    draw(view: View): void {
      const state = JSON.stringify([view.points.length, view.settings, view.source, view.at]);
      if (chart && state === drawn) return;
      drawn = state;
      const { figure: now, faint } = curveOf(figure, record, view);
      const next = `${faint} ${view.settings.steps}`;
      if (chart && form === next) return chart.update!(now);
      chart?.destroy();
      form = next;
      const ink: PanelOptions['ink'] = faint ? [...INKS, ...INKS] : [...INKS];
      chart = mount(host, now, { view: 'lines', ink, shortSeries: faint ? [...NAMES, ...NAMES] : NAMES, faint, max: 100, rule: view.settings.steps / (now.x.values![1]! - now.x.values![0]!) });
    },
  };
}
