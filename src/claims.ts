// The claims as sentences short enough for a table; each could be false.
import type { Claim } from './results.ts';

export const CLAIM_TEXT: Record<Claim, string> = {
  C0: 'Contamination is real; tuning masks more than it removes',
  C1: 'Scaling pretraining moves knowledge, scaling tuning behaviour',
  C2: 'Tuning at decoding spares knowledge; tuning weights does not',
  C3: 'A strong prior beats contrary text in the context',
  C4: 'What pretraining plants survives alignment, for most attacks',
  C5: 'RL amplifies one pretrained format and lets the others fade',
  C6: 'Skill from RL tuning does not carry to near variants',
  C7: 'What a new text disturbs is predictable from prior probability',
  C8: 'Isolating each task’s core parameters reduces interference',
  C9: 'Tuning changes the upper layers and leaves facts below alone',
  C10: 'Suppressed facts return faster than they could be learned anew',
  C11: 'Some treatments do evict, and none is free',
};
