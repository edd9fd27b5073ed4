// Generated from task.json by `npm run contract`. Do not edit.

export const inputNames = ["connectionType", "azureDevOpsServiceConnection", "connectedServiceNameARM", "organization", "window", "duration", "period", "timeZone", "startTime", "endTime", "continueFrom", "overlap", "onGap", "settleTime", "formats", "compressJson", "csvDelimiter", "outputDirectory", "publishArtifact", "artifactName", "allowPublicProject", "reportDetail", "retainDays", "signingKey", "include", "exclude", "skipAggregation", "concurrency", "maxDuration", "waitForPermission"] as const;
export type InputName = (typeof inputNames)[number];

export const outputNames = ["exportDirectory", "artifactName", "windowStart", "windowEnd", "entryCount", "manifestPath", "manifestSha256", "coveredFrom", "coveredUntil", "gapCount", "lateCount"] as const;
export type OutputName = (typeof outputNames)[number];

export const connectionTypeValues = ["azureDevOps", "azureRM"] as const;
export type ConnectionTypeValue = (typeof connectionTypeValues)[number];

export const windowValues = ["sinceLastExport", "last", "previous", "between"] as const;
export type WindowValue = (typeof windowValues)[number];

export const periodValues = ["day", "week", "month"] as const;
export type PeriodValue = (typeof periodValues)[number];

export const onGapValues = ["fail", "warn"] as const;
export type OnGapValue = (typeof onGapValues)[number];

export const formatsValues = ["jsonl", "csv", "json"] as const;
export type FormatsValue = (typeof formatsValues)[number];

export const csvDelimiterValues = ["comma", "semicolon", "tab"] as const;
export type CsvDelimiterValue = (typeof csvDelimiterValues)[number];

export const reportDetailValues = ["full", "counts"] as const;
export type ReportDetailValue = (typeof reportDetailValues)[number];

/** What the agent fills in for an input that the step leaves out; macros are not yet expanded. */
export const inputDefaults = {
  window: "sinceLastExport",
  duration: "24h",
  period: "day",
  timeZone: "UTC",
  overlap: "2h",
  onGap: "fail",
  settleTime: "30m",
  formats: "jsonl,csv",
  compressJson: "true",
  csvDelimiter: "comma",
  outputDirectory: "$(Build.ArtifactStagingDirectory)/audit-log",
  publishArtifact: "true",
  artifactName: "audit-log",
  allowPublicProject: "false",
  retainDays: "400",
  skipAggregation: "true",
  concurrency: "4",
  maxDuration: "50m",
  waitForPermission: "0m",
} as const;

/** The name by which users know an input, where it differs from the name the agent passes on. */
export const inputAliases = {
  connectedServiceNameARM: "azureSubscription",
} as const;
