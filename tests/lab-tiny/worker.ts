import { serveLab } from '../../src/run/lab/browser.ts';

serveLab(() => import('./index.ts'));
