// A page that starts the worker as any page would.
import { offer } from '../lab-page.ts';

offer(new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }));
