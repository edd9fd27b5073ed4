// Generated from task.json by `npm run contract`. Do not edit.

export const inputNames = ["connectionType", "azureDevOpsServiceConnection", "connectedServiceNameARM", "organization", "window", "duration", "period", "timeZone", "startTime", "endTime", "settleTime", "formats", "compressJson", "csvDelimiter", "outputDirectory", "publishArtifact", "artifactName", "allowPublicProject", "skipAggregation", "maxDuration", "waitForPermission"] as const;
export type InputName = (typeof inputNames)[number];

export const outputNames = ["exportDirectory", "artifactName", "windowStart", "windowEnd", "entryCount"] as const;
export type OutputName = (typeof outputNames)[number];

export const connectionTypeValues = ["azureDevOps", "azureRM"] as const;
export type ConnectionTypeValue = (typeof connectionTypeValues)[number];

export const windowValues = ["last", "previous", "between"] as const;
export type WindowValue = (typeof windowValues)[number];

export const periodValues = ["day", "week", "month"] as const;
export type PeriodValue = (typeof periodValues)[number];

export const formatsValues = ["jsonl", "csv", "json"] as const;
export type FormatsValue = (typeof formatsValues)[number];

export const csvDelimiterValues = ["comma", "semicolon", "tab"] as const;
export type CsvDelimiterValue = (typeof csvDelimiterValues)[number];

/** What the agent fills in for an input that the step leaves out; macros are not yet expanded. */
export const inputDefaults = {
  window: "last",
  duration: "24h",
  period: "day",
  timeZone: "UTC",
  settleTime: "30m",
  formats: "jsonl,csv",
  compressJson: "true",
  csvDelimiter: "comma",
  outputDirectory: "$(Build.ArtifactStagingDirectory)/audit-log",
  publishArtifact: "true",
  artifactName: "audit-log",
  allowPublicProject: "false",
  skipAggregation: "true",
  maxDuration: "50m",
  waitForPermission: "0m",
} as const;

/** The name by which users know an input, where it differs from the name the agent passes on. */
export const inputAliases = {
  connectedServiceNameARM: "azureSubscription",
} as const;
