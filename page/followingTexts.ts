/**
 * The texts of elements that are in the page's source, some of which the browser has still to read: each as soon as it is there as a whole.
 * They are taken off the page, so that nothing is in memory twice.
 * @param selector names children of the body
 */
export async function* followingTexts(selector: string): AsyncGenerator<string, void, undefined> {
  for (;;) {
    const element = document.body.querySelector(`:scope > ${selector}`);
    const isRead = document.readyState !== 'loading';
    if (element !== null && (isRead || element.nextSibling !== null)) {
      const text = element.textContent;
      element.remove();
      yield text;
    } else if (isRead) {
      return;
    } else {
      await moreToCome();
    }
  }
}

/** Until the browser has read more of the page, or all of it. */
async function moreToCome(): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = new AbortController();
    const end = (): void => {
      observer.disconnect();
      stop.abort();
      resolve();
    };
    const observer = new MutationObserver(end);
    observer.observe(document.body, { childList: true });
    document.addEventListener('readystatechange', end, { signal: stop.signal });
  });
}
