// The lab's experiments in a module worker: `new Worker(new URL('…/worker.ts', import.meta.url), { type: 'module' })`.
import { serveLab } from './browser.ts';

serveLab(() => import('../../lab/experiments/index.ts'));
