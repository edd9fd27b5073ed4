import { NAMED_FAULTS } from '../../../sandbox/faults/catalog';
import { AUDIT, faults, type FaultRow } from '../faultRow';

const PAGE_2 = { ...AUDIT, nth: 2 };
const FROM_PAGE_2 = { ...AUDIT, from: 2 };
const BROKEN = { code: 'AUDIT_PAGING_BROKEN', activityId: 'any' } as const;
const NO_TOKEN = { ...BROKEN, sentence: /says that more entries follow, but not where they begin/ };
const CIRCLE = { ...BROKEN, sentence: /goes round in a circle/ };

/** Pages that break the rules. */
export const PAGES: readonly FaultRow[] = [
  { name: 'the token of the page before again', sandbox: faults({ match: PAGE_2, fault: { kind: 'repeatedToken' } }), expect: CIRCLE },
  { name: 'tokens that go round', sandbox: faults({ match: AUDIT, fault: { kind: 'tokenCycle' } }), expect: CIRCLE },
  { name: 'more to come, token missing', sandbox: faults({ match: PAGE_2, fault: { kind: 'missingToken' } }), expect: NO_TOKEN },
  { name: 'more to come, token null', sandbox: faults({ match: PAGE_2, fault: { kind: 'nullToken' } }), expect: NO_TOKEN },
  { name: 'more to come, token empty', sandbox: faults({ match: PAGE_2, fault: { kind: 'emptyToken' } }), expect: NO_TOKEN },
  { name: 'empty pages for ever', sandbox: faults({ match: FROM_PAGE_2, fault: { kind: 'emptyPage' } }), expect: { ...BROKEN, sentence: /sent 51 pages without an entry, one after the other/ } },
  { name: 'one empty page', sandbox: faults(...NAMED_FAULTS['empty-page']), expect: {} },
  { name: 'ten empty pages', sandbox: faults({ match: FROM_PAGE_2, fault: { kind: 'emptyPage' }, times: 10 }), expect: {} },
  { name: 'an entry twice on a page', sandbox: faults({ match: AUDIT, fault: { kind: 'duplicateWithinPage' } }), expect: {} },
  { name: 'entries of the page before again', sandbox: faults({ match: FROM_PAGE_2, fault: { kind: 'repeatedEntries' } }), expect: {} },
  { name: 'an entry arrives ahead of the reader', sandbox: faults(...NAMED_FAULTS['late-entry-ahead']), expect: {} },
  { name: 'an entry arrives where the reader has passed', sandbox: faults(...NAMED_FAULTS['late-entry-behind']), expect: { asBefore: true } },
  { name: 'a page shorter than asked for', sandbox: faults({ match: PAGE_2, fault: { kind: 'clampedPage', size: 7 } }), expect: {} },
  { name: 'every page shorter than asked for', sandbox: faults({ match: AUDIT, fault: { kind: 'clampedPage', size: 40 } }), expect: {} },
  { name: 'out of order by one place', sandbox: faults({ match: AUDIT, fault: { kind: 'outOfOrder' } }), expect: {} },
  { name: 'two pages in each other\'s place', sandbox: faults(...NAMED_FAULTS['swapped-pages']), expect: {} },
  { name: 'a page that comes at the end only', sandbox: faults({ match: FROM_PAGE_2, fault: { kind: 'swappedPages' } }), expect: { code: 'AUDIT_ORDER_BROKEN', sentence: /sent an entry far out of order; nothing is published/ } },
  { name: 'a stray backslash', sandbox: faults({ match: PAGE_2, fault: { kind: 'invalidEscape' } }), expect: { repaired: 1, log: [/1 entr(y|ies) came as invalid JSON and (was|were) repaired/] } },
  { name: 'a raw control character', sandbox: faults({ match: PAGE_2, fault: { kind: 'rawControlCharacter' } }), expect: { repaired: 1 } },
  { name: 'invalid UTF-8', sandbox: faults({ match: PAGE_2, fault: { kind: 'invalidUtf8' } }), expect: { repaired: 1 } },
  { name: 'a stray backslash on every page', sandbox: faults({ match: AUDIT, fault: { kind: 'invalidEscape' } }), expect: { repaired: 'some' } },
];
