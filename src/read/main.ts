// The article. Complete without this script, which adds: live panels where the pictures are, steps,
// previews of references and terms, a place kept, and the address of what one sees.
import '../deck/fonts.css';
import '../deck/tokens.css';
import '../deck/parts.css';
import '../live/live.css';
import './read.css';
import { followPanels } from './panels.ts';
import { followPlace } from './place.ts';
import { addPreviews } from './preview.ts';
import { addTheme } from './theme.ts';

addTheme();
followPanels();
followPlace();
addPreviews();
document.documentElement.dataset.ready = 'read';
