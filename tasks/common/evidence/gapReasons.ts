/** Why entries of an interval are in no export, in the words of log, summary, pages and verifier. */
export const GAP_REASONS = {
  expired: 'Azure DevOps had deleted the entries before they were read',
  deleted: 'the export was deleted, and Azure DevOps no longer has the entries',
  continueFrom: 'the chain was restarted behind it (continueFrom)',
} as const;
