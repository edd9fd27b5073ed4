// Generated from task.json by `npm run contract`. Do not edit.

export const inputNames = ["folder", "pipeline", "from", "to", "branch", "artifactName", "publicKeys", "keptHashes", "sample", "seed", "collectTo", "publishArtifact", "evidenceArtifactName", "allowPublicProject", "failOnInvalid", "requery", "connectionType", "azureDevOpsServiceConnection", "connectedServiceNameARM", "organization", "maxDuration"] as const;
export type InputName = (typeof inputNames)[number];

export const outputNames = ["verificationResult", "exportCount", "entryCount", "invalidCount", "coveredFrom", "coveredUntil", "statementPath", "evidenceDirectory"] as const;
export type OutputName = (typeof outputNames)[number];

export const connectionTypeValues = ["azureDevOps", "azureRM"] as const;
export type ConnectionTypeValue = (typeof connectionTypeValues)[number];

/** What the agent fills in for an input that the step leaves out; macros are not yet expanded. */
export const inputDefaults = {
  folder: "$(Pipeline.Workspace)",
  branch: "$(Build.SourceBranch)",
  artifactName: "audit-log",
  collectTo: "$(Build.ArtifactStagingDirectory)/audit-log-evidence",
  publishArtifact: "true",
  evidenceArtifactName: "audit-log-evidence",
  allowPublicProject: "false",
  failOnInvalid: "true",
  requery: "false",
  maxDuration: "50m",
} as const;

/** The name by which users know an input, where it differs from the name the agent passes on. */
export const inputAliases = {
  connectedServiceNameARM: "azureSubscription",
} as const;
