import type { ReportDetail } from '../tasks/common/report/reportData';
import { BadOption, onlyFolder, readArguments, requestedRange } from '../tasks/common/step/commandLine';
import { parseChoice, parseOrganization } from '../tasks/common/step/inputValues';
import type { Parsed } from '../tasks/common/window/parsed';
import { parseTimeZone } from '../tasks/common/window/timeZone';

/** What was asked for on the command line. */
export interface ViewOptions {
  /** Folder below which the exports lie. */
  readonly root: string;
  /** File that the report is written to. */
  readonly output: string;
  /** Instants as in manifests; undefined: as far as the exports reach. */
  readonly requested: { readonly from: string | undefined; readonly to: string | undefined };
  /** IANA name. */
  readonly timeZone: string;
  readonly detail: ReportDetail;
  /** Lower case; undefined when none was named. */
  readonly organization: string | undefined;
  /** Whether the report is opened in the browser; undefined: where somebody watches. */
  readonly isOpened: boolean | undefined;
}

export const HELP = `Makes one report.html out of many exports of the audit log of Azure DevOps: offline, without changing them.

  node view-audit-log.mjs FOLDER [options]

FOLDER holds the artifacts as they were downloaded and unpacked, at any depth. Entries that are in several exports are
shown once, and time that no export covers is named.

  --output FILE         the report; without it ./audit-log-report.html
  --from INSTANT        only entries from here on, such as 2026-01-01T00:00:00Z
  --to INSTANT          and before here
  --time-zone NAME      time zone of days and hours in the charts, such as Europe/Berlin; without it UTC
  --detail full|counts  counts leaves out people, addresses and entries; without it full
  --organization NAME   the organization to show, when the exports are of several
  --open yes|no         whether to open the report in the browser; without it where the output is a terminal
  --version             print the version and the SHA-256 of this file
  --help                print this

The report is only as true as the files: nothing is verified here. verify-audit-log.mjs does that.
With full detail, whoever gets the report sees people and their addresses.

Exit code: 0 the report was made, 2 it could not be made.
`;

/** @throws BadOption */
export function parseOptions(args: readonly string[]): ViewOptions | 'help' | 'version' {
  const { values, positionals } = readArguments(args, {
    'output': { type: 'string' },
    'from': { type: 'string' },
    'to': { type: 'string' },
    'time-zone': { type: 'string' },
    'detail': { type: 'string' },
    'organization': { type: 'string' },
    'open': { type: 'string' },
    'version': { type: 'boolean' },
    'help': { type: 'boolean', short: 'h' },
  });
  if (values.help === true) return 'help';
  if (values.version === true) return 'version';
  const opened = given(values.open, (text) => parseChoice(text, ['yes', 'no']), '--open');
  return {
    root: onlyFolder(positionals),
    output: values.output ?? 'audit-log-report.html',
    requested: requestedRange(values.from, values.to),
    timeZone: given(values['time-zone'], parseTimeZone, '--time-zone') ?? 'UTC',
    detail: given(values.detail, (text) => parseChoice(text, ['full', 'counts']), '--detail') ?? 'full',
    organization: given(values.organization, (text) => parseOrganization(text, undefined), '--organization')?.toLowerCase(),
    isOpened: opened === undefined ? undefined : opened === 'yes',
  };
}

function given<Value>(text: string | undefined, parse: (text: string) => Parsed<Value>, option: string): Value | undefined {
  if (text === undefined) return undefined;
  const read = parse(text);
  if (!read.ok) throw new BadOption(`${option}: ${read.problem}`);
  return read.value;
}
