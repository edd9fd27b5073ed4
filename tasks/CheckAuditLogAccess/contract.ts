// Generated from task.json by `npm run contract`. Do not edit.

export const inputNames = ["connectionType", "azureDevOpsServiceConnection", "connectedServiceNameARM", "organization", "waitForPermission", "outputDirectory", "failOnWarnings"] as const;
export type InputName = (typeof inputNames)[number];

export const outputNames = ["accessResult", "failedChecks"] as const;
export type OutputName = (typeof outputNames)[number];

export const connectionTypeValues = ["azureDevOps", "azureRM"] as const;
export type ConnectionTypeValue = (typeof connectionTypeValues)[number];

/** What the agent fills in for an input that the step leaves out; macros are not yet expanded. */
export const inputDefaults = {
  waitForPermission: "0m",
  outputDirectory: "$(Agent.TempDirectory)/audit-log-access",
  failOnWarnings: "false",
} as const;

/** The name by which users know an input, where it differs from the name the agent passes on. */
export const inputAliases = {
  connectedServiceNameARM: "azureSubscription",
} as const;
