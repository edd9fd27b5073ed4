/** The code of Azure DevOps in the text of an answer, such as TF401444 or VS403463. Nothing else of that text is ever shown. */
export function serviceCodeOf(body: Buffer): string | undefined {
  return /\b(?:TF|VS)\d{6}\b/.exec(body.toString('utf8', 0, 16_384))?.[0];
}
