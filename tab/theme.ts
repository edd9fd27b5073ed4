/** Variables of a theme that are taken at most; Azure DevOps has about 120. */
const MOST_VARIABLES = 1_000;

/**
 * Takes the theme of Azure DevOps, now and whenever it changes. The SDK writes it into a style element, which the page's content security
 * policy forbids; it then tells the same variables in an event, and setting them one by one is allowed.
 * To be called before the SDK is initialized.
 * @param tell receives whether the theme is a light or a dark one
 */
export function followTheme(tell: (theme: 'light' | 'dark') => void): void {
  window.addEventListener('themeApplied', (event) => {
    const variables: unknown = event instanceof CustomEvent ? event.detail : undefined;
    if (typeof variables === 'object' && variables !== null) tell(applyTheme(variables));
  });
}

function applyTheme(variables: object): 'light' | 'dark' {
  const { style, dataset } = document.documentElement;
  for (const [name, value] of Object.entries(variables).slice(0, MOST_VARIABLES)) {
    if (/^[\w-]+$/.test(name) && typeof value === 'string') style.setProperty(`--${name}`, value);
  }
  const theme = isLight(getComputedStyle(document.body).color) ? 'dark' : 'light';
  dataset['theme'] = theme;
  // Scroll bars and select boxes are the browser's own.
  style.colorScheme = theme;
  return theme;
}

/** Whether a computed colour, such as `rgb(255, 255, 255)`, is a light one. Text is light on a dark page. */
function isLight(color: string): boolean {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140;
}
