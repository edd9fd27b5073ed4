// Makes the page of a report: one HTML text, with a place for the data.

/**
 * The page without its data: `<!--REPORT-DATA-->` stands where they go. The same sources give the same text everywhere.
 * @returns {Promise<string>}
 */
export async function reportPageHtml() {
  return await Promise.resolve('<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Audit log</title></head><body>\n<!--REPORT-DATA-->\n</body></html>\n');
}
