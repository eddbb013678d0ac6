// The live panel without slides. It computes while it can be seen; the address holds its settings
// and question, and behind the # how far the models have come.
import '../deck/fonts.css';
import '../deck/tokens.css';
import './ask.css';
import { recall } from '../deck/storage.ts';
import { surroundings } from '../live/connect.ts';
import { panelOf, panelsIn, redrawAll, resizeAll, show } from '../panels/host.ts';

const query = new URLSearchParams(location.search);
const theme = query.get('theme') ?? recall('localStorage', 'theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;

const LIVE = 'live';
Object.assign(surroundings, {
  device: query.get('device'),
  readAddress: () => query.get(LIVE) ?? '',
  writeAddress(text, at) {
    const to = new URL(location.href);
    if (text) to.searchParams.set(LIVE, text);
    else to.searchParams.delete(LIVE);
    to.hash = at === 'pretrained' ? '' : at;
    if (to.href !== location.href) history.replaceState(history.state, '', to);
  },
} satisfies Partial<typeof surroundings>);

const STAGES = ['pretrained', 'tuned', 'relearned'];
const [figure] = panelsIn(document);
if (figure) {
  const step = Math.max(0, STAGES.indexOf(location.hash.slice(1)));
  void show(figure, step).then(() => {
    document.documentElement.dataset.ready = 'ask';
    new IntersectionObserver((seen) => panelOf(figure)?.shown?.(seen.at(-1)!.isIntersecting)).observe(figure);
  });
}
addEventListener('resize', () => resizeAll(document));
addEventListener('beforeprint', () => figure && panelOf(figure)?.final());
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => redrawAll(document));
