import { minimatch } from 'minimatch';
import type { LoggingCommand } from './commands';
import type { Restrictions } from './taskDefinition';

/** Commands that stay allowed where `commands.mode` is `restricted` (attribute CommandRestriction in azure-pipelines-agent). */
const ALLOWED_WHEN_RESTRICTED = new Set([
  'task.logdetail', 'task.logissue', 'task.issue', 'task.complete', 'task.setprogress', 'task.setsecret', 'task.setvariable',
  'task.debug', 'task.settaskvariable', 'task.prependpath', 'telemetry.publish',
]);

export function isCommandAllowed(command: LoggingCommand, restrictions: readonly Restrictions[]): boolean {
  const name = `${command.area}.${command.event}`.toLowerCase();
  return restrictions.every((restriction) => restriction.commands?.mode?.toLowerCase() !== 'restricted' || ALLOWED_WHEN_RESTRICTED.has(name));
}

export function isVariableSettable(variable: string, restrictions: readonly Restrictions[]): boolean {
  return restrictions.every(({ settableVariables }) => {
    const allowed = settableVariables?.allowed;
    return allowed === undefined || allowed.some((pattern) => minimatch(variable, pattern, { nocase: true }));
  });
}
