/** Some of the variables that a page of Azure DevOps gives its tabs, with the values of its light theme. Those of the palette are triplets. */
export const LIGHT: Readonly<Record<string, string>> = {
  'palette-neutral-0': '255, 255, 255',
  'palette-neutral-20': '200, 200, 200',
  'background-color': 'rgba(255, 255, 255, 1)',
  'text-primary-color': 'rgba(0, 0, 0, .9)',
  'text-secondary-color': 'rgba(0, 0, 0, .55)',
  'callout-background-color': 'rgba(255, 255, 255, 1)',
  'communication-background': 'rgba(0, 120, 212, 1)',
  'communication-foreground': 'rgba(0, 90, 158, 1)',
  'status-error-foreground': 'rgba(205, 74, 69, 1)',
};

/** The same of a dark theme, as far as it is public: the page's colours are what matters here. */
export const DARK: Readonly<Record<string, string>> = {
  'palette-neutral-0': '32, 31, 30',
  'palette-neutral-20': '59, 58, 57',
  'background-color': 'rgba(32, 31, 30, 1)',
  'text-primary-color': 'rgba(255, 255, 255, 1)',
  'text-secondary-color': 'rgba(255, 255, 255, .7)',
  'callout-background-color': 'rgba(40, 39, 38, 1)',
  'communication-background': 'rgba(0, 120, 212, 1)',
  'communication-foreground': 'rgba(113, 175, 229, 1)',
  'status-error-foreground': 'rgba(240, 118, 113, 1)',
};
