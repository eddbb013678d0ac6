// A figure of ours as a plain Chart.js configuration, for the decks made with other tools: the same
// values, labels and colours. Error bars and printed values, which ours draws with plug-ins, it leaves out.
export function toChart(figure, { view, labels, series, colours }) {
  const type = view === 'bars' ? 'bar' : 'line';
  return {
    type,
    data: {
      labels,
      datasets: figure.series.map((s, i) => ({
        label: series[i],
        data: s.values,
        backgroundColor: colours[i],
        borderColor: colours[i],
        showLine: view === 'lines',
        pointRadius: view === 'dots' ? 7 : 3,
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      plugins: { legend: { display: series.length > 1 } },
      scales: {
        x: { title: { display: true, text: figure.x.label } },
        y: { title: { display: true, text: [figure.y.label, figure.y.unit].filter(Boolean).join(', ') } },
      },
    },
  };
}
