import { TaskError } from '../errors/taskError';

/** The oldest Node that the HTTP library runs on; agent 4.255.0 brings 20.18.2. */
const OLDEST = { major: 20, minor: 18, patch: 1 };

/**
 * A container can bring a Node of its own (label com.azure.dev.pipelines.agent.handler.node.path), older than the agent's.
 * @param version as in `process.versions.node`
 * @throws TaskError NODE_TOO_OLD
 */
export function assertNodeVersion(version: string): void {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const isOldEnough = major !== OLDEST.major ? major > OLDEST.major : minor !== OLDEST.minor ? minor > OLDEST.minor : patch >= OLDEST.patch;
  if (isOldEnough) return;
  throw new TaskError('NODE_TOO_OLD', `This step runs on Node.js ${version}; it needs ${OLDEST.major}.${OLDEST.minor}.${OLDEST.patch} or newer.`, {
    advice: [
      'Update the agent to version 4.255.0 or newer.',
      'In a container job, remove the label com.azure.dev.pipelines.agent.handler.node.path from the image, or update the Node.js that it names.',
    ],
  });
}
