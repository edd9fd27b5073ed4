/** The server or the agent refuses a step before its process starts: nothing ran. */
export class PipelineNotValid extends Error {
  override readonly name = 'PipelineNotValid';
}
