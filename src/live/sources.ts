// The two sources of a session: the worker, and the recording played at a pace that one can follow.
import type { LiveRecord } from '../results.ts';
import { forWorker } from '../site/files.ts';
import { startWorker, type Client } from './client.ts';
import type { Checkpoint, Device, Saved } from './protocol.ts';
import type { Source, Sources } from './session.ts';
import { findRun, sameSettings } from './words.ts';

export interface SourceOptions {
  checkpoints: Record<'contaminated' | 'never', Checkpoint>;
  device: Device | 'any';
  /** ms between two points of the recording. */
  pace: number;
}

export const createSources = (record: LiveRecord, { checkpoints, device, pace }: SourceOptions): Sources => ({
  async openLive(saved) {
    const client = startWorker();
    try {
      const { contaminated, never } = checkpoints;
      const opened = await client.call({ do: 'open', device, checkpoints: { contaminated: forWorker(contaminated), never: forWorker(never) }, ...(saved ? { saved: saved as Saved } : {}) });
      return fromWorker(client, opened.device);
    } catch (error) {
      client.close();
      throw error;
    }
  },
  openRecorded: () => fromRecord(record, pace),
});

const fromWorker = (client: Client, device: Device): Source => ({
  device,
  asksWhileRunning: true,
  begin: (stage, settings) => client.call({ do: 'begin', stage, settings }),
  next: () => client.call({ do: 'next' }),
  stop: () => client.call({ do: 'stop' }),
  ask: (question, settings, at) => client.call({ do: 'ask', question, settings, at }),
  close: () => client.call({ do: 'save' }).finally(client.close),
});

function fromRecord(record: LiveRecord, pace: number): Source {
  const [first] = record.runs;
  let points: LiveRecord['runs'][number]['points'] = [];
  return {
    asksWhileRunning: false,
    async begin(stage, settings) {
      const run = findRun(record, settings);
      if (!run) throw new Error('no run with these settings was recorded');
      points = run.points.filter((p) => p.step > settings.steps === (stage === 'relearned'));
    },
    async next() {
      if (pace) await new Promise((done) => setTimeout(done, pace));
      const point = points.shift();
      if (!point) throw new Error('the recording has ended already');
      return { step: point.step, done: !points.length, point };
    },
    stop: () => Promise.resolve(),
    async ask({ office, year, wording }, settings, at) {
      if (at !== 'pretrained' && !sameSettings(settings, first!.settings)) throw new Error('Answers were recorded with the settings as they were only.');
      const told = record.replies[at].find((t) => t.office === office && t.year === year);
      if (!told || wording !== record.questions.wording) throw new Error('This question was not recorded; those of the listed offices and years were.');
      return told;
    },
    close: () => Promise.resolve(),
  };
}
