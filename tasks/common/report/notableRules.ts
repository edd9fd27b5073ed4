/** A kind of entry that deserves a look. What it finds stands in notable.ts. */
export interface NotableRule {
  readonly id: string;
  readonly title: string;
  /** Why one should look at it. */
  readonly why: string;
}

/** All rules, in the order in which they are shown. The pages in the browser read this file too; docs/notable.md documents each rule. */
export const NOTABLE_RULES = [
  { id: 'auditStreamStopped', title: 'Audit stream disabled or deleted', why: 'What the stream fed, such as a SIEM, no longer sees the log. A disabled stream catches up on seven days at most, a deleted one on nothing.' },
  { id: 'auditingSwitched', title: 'Auditing switched on or off', why: 'While the policy "Log Audit Events" is off, nothing is recorded, and this export cannot show what happened.' },
  { id: 'administratorsAdded', title: 'Administrators added', why: 'Somebody gained the permissions of an administrator group, or the organization has a new owner.' },
  { id: 'auditLogPermissions', title: 'Audit log permissions changed', why: 'Somebody gained or lost the right to read the log, or to change and delete its streams.' },
  { id: 'tokenFoundInPublic', title: 'Personal access token found in public', why: 'The token was readable for everyone. Whatever it could do, strangers may have done.' },
  { id: 'policyBypassed', title: 'Branch policy bypassed', why: 'Code reached a protected branch without the reviews and checks that its policies demand.' },
  { id: 'repositoryDestroyed', title: 'Repository destroyed', why: 'It is gone for good: a destroyed repository cannot be restored.' },
  { id: 'retentionReduced', title: 'Retention reduced', why: 'Runs and artifacts, these exports among them, may be deleted earlier than before.' },
  { id: 'extensionInstalled', title: 'Extension installed', why: 'The code of a third party runs in the organization with the scopes it was granted.' },
  { id: 'projectMadePublic', title: 'Project made public', why: 'Everyone on the internet can read the project, its code, and the results of its pipelines.' },
] as const satisfies readonly NotableRule[];

export type NotableRuleId = (typeof NOTABLE_RULES)[number]['id'];

/** What no export can show, because Azure DevOps does not record it. Source: learn.microsoft.com/azure/devops/organizations/audit. */
export const NOT_RECORDED = [
  'Sign-ins: Microsoft Entra ID has them, in its sign-in log.',
  'Clones and fetches of repositories, and what is committed to them.',
  'Changes of the members of Microsoft Entra groups, also where such a group has permissions here: Microsoft Entra ID has them, in its own audit log.',
] as const;
