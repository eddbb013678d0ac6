// Which slides are the talk and which stand behind it. Slides outside the cut are not removed but
// moved behind the last one, with the backup: no link dies, and any can be shown on a question.

export interface Entry {
  section: HTMLElement;
  id: string;
  title: string;
  /** “7” or “B3”: on screen, in the index, in the PDF, in speech. */
  number: string;
  backup: boolean;
  chapter: number;
  /** Planned seconds; 0 for backup. */
  seconds: number;
  /** Planned in the shortest cut; null: not in it. */
  short: number | null;
}

export const CUTS = ['10', '25'];

/** Reorders and numbers the sections of `slides` for `cut`. */
export function applyCut(slides: HTMLElement, cut: string): Entry[] {
  const sections = [...slides.querySelectorAll<HTMLElement>(':scope > section')];
  const isMain = (s: HTMLElement): boolean => (s.dataset.cuts ?? '').split(' ').includes(cut);
  const ordered = [...sections.filter(isMain), ...sections.filter((s) => !isMain(s))];
  let [main, backup] = [0, 0];
  return ordered.map((section) => {
    slides.append(section);
    const own = isMain(section);
    const number = own ? String(++main) : `B${++backup}`;
    if (!own) section.dataset.visibility = 'uncounted';
    section.dataset.number = number;
    section.querySelector('.no')!.textContent = number;
    const seconds = JSON.parse(section.dataset.seconds!) as Record<string, number>;
    return {
      section,
      id: section.id,
      title: section.querySelector('h1, h2')!.textContent!,
      number,
      backup: !own,
      chapter: Number(section.dataset.chapter),
      seconds: own ? (seconds[cut] ?? 0) : 0,
      short: seconds[CUTS[0]!] ?? null,
    };
  });
}
