// A style sheet of a page, taken with the module that asks for it: the file's policy allows no <style>.
export function adopt(css: string): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets.push(sheet);
}
