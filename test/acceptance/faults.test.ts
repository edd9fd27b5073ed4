import { removeWorkFolders } from '../support/packagedTask';
import type { FaultRow } from './faultRow';
import { FAULT_TABLE } from './faultTable';
import { Lane } from './lane';
import { runRow } from './rowRun';

/** A part of a row's name, to run only those rows. */
const ONLY = process.env['FAULT_ROWS'];

describe('faults and switches: the packaged task exports exactly the right entries, or says the right sentence', function () {
  // Rows wait for their turn, and some for the time-outs that they provoke.
  this.timeout(480_000);
  const working = new Lane(2);
  const resting = new Lane(20);
  const outcomes = new Map<FaultRow, Promise<void>>();

  before(() => {
    const rows = Object.values(FAULT_TABLE).flat().filter(isChosen);
    // The longest first, so that none of them begins when all others have ended.
    for (const row of [...rows.filter(isLong), ...rows.filter((row) => !isLong(row))]) {
      const outcome = (row.rests ? resting : working).run(() => runRow(row));
      // Whoever fails early is reported when its turn comes.
      outcome.catch(() => undefined);
      outcomes.set(row, outcome);
    }
  });

  after(removeWorkFolders);

  for (const [what, rows] of Object.entries(FAULT_TABLE)) {
    describe(what, () => {
      for (const row of rows.filter(isChosen)) it(row.name, () => outcomes.get(row));
    });
  }
});

/** Ends with the shortest `maxDuration`, a minute. */
function isLong({ inputs }: FaultRow): boolean {
  return inputs?.['maxDuration'] !== undefined;
}

function isChosen({ name }: FaultRow): boolean {
  return ONLY === undefined || name.toLowerCase().includes(ONLY.toLowerCase());
}
