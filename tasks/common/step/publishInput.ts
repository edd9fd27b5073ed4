import { disarm } from '../errors/disarm';
import type { InputProblems, InputSource } from './inputProblems';
import { parseBoolean } from './inputValues';

/** Whether the task publishes an artifact itself, which only the jobs of a build can (microsoft/azure-pipelines-agent: ArtifactCommandExtension.cs). */
export function readIsPublished(agent: InputSource<'publishArtifact'>, problems: InputProblems<'publishArtifact'>): boolean | undefined {
  const isPublished = problems.take('publishArtifact', parseBoolean(agent.input('publishArtifact'), true));
  const hostType = agent.variable('System.HostType');
  if (isPublished === true && hostType !== 'build') {
    problems.add('publishArtifact', `artifacts can be published only in a build or YAML pipeline, and this job is of the type "${disarm(hostType ?? 'unknown', 40)}". Move the step to a YAML pipeline, or set publishArtifact: false and keep the files in another way.`);
  }
  return isPublished;
}
