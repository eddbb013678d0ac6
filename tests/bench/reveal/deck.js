// Plain reveal.js: its plug-ins, and a chart drawn when its slide is first shown, or all of them for print.
import { toChart } from './chart.js';

const drawn = new Set();
async function draw(slide) {
  for (const canvas of slide.querySelectorAll('canvas[data-file]')) {
    if (drawn.has(canvas)) continue;
    drawn.add(canvas);
    const figure = await (await fetch(canvas.dataset.file)).json();
    new Chart(canvas, toChart(figure, JSON.parse(canvas.dataset.options)));
  }
}

Reveal.on('ready', (event) => draw(event.currentSlide));
Reveal.on('slidechanged', (event) => draw(event.currentSlide));
Reveal.on('pdf-ready', () => draw(document));
Reveal.initialize({ hash: true, width: 1280, height: 720, transition: 'none', plugins: [RevealHighlight, RevealNotes] });
