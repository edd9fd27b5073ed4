type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Child = Node | string | null | undefined;

const SVG = 'http://www.w3.org/2000/svg';

/** An HTML element. Attributes that are `undefined` or `false` are left out; children that are texts stay texts, whatever is in them. */
export function html<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[Tag] {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svg<Tag extends keyof SVGElementTagNameMap>(tag: Tag, attributes: Attributes = {}, ...children: readonly Child[]): SVGElementTagNameMap[Tag] {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

/** A button that submits nothing. */
export function button(attributes: Attributes, onClick: (event: MouseEvent) => void, ...children: readonly Child[]): HTMLButtonElement {
  const made = html('button', { type: 'button', ...attributes }, ...children);
  made.addEventListener('click', onClick);
  return made;
}

/** Sets an attribute, or takes it away. */
export function setAttribute(element: Element, name: string, value: string | number | boolean | undefined): void {
  if (value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
}

function filled<Made extends Element>(element: Made, attributes: Attributes, children: readonly Child[]): Made {
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) setAttribute(element, name, value);
  for (const child of children) if (child !== null && child !== undefined) element.append(child);
  return element;
}
