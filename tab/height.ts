import * as SDK from 'azure-devops-extension-sdk';

/** A frame lower than this (px) shows little of a table. */
const LEAST_HEIGHT = 480;
const WANTED_HEIGHT = 900;

/**
 * Asks the page for a higher frame where it gave a low one. The tab scrolls within its frame, so that headings and the bar of filters
 * stay in sight: it never asks for the height of all its content.
 */
export function askForHeight(): void {
  if (window.innerHeight < LEAST_HEIGHT) SDK.resize(document.documentElement.clientWidth, WANTED_HEIGHT);
}
