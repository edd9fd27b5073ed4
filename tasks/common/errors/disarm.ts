const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
/** Unicode's own list of what is not shown: direction, zero width, fillers, tags. */
const DIRECTION_AND_INVISIBLE = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu;
const HALF_CHARACTER_AT_END = /[\ud800-\udbff]$/;
const AGENT_COMMAND = /##(?=\s*(?:vso|\[))/gi;

/**
 * Text from elsewhere, made safe for a line of the log: one line, no control or direction characters, and
 * nothing the agent would execute (`##vso[`) or format (`##[`).
 *
 * The agent looks for `##vso[` anywhere in a line of stdout or stderr
 * (microsoft/azure-pipelines-agent: src/Microsoft.VisualStudio.Services.Agent/Command.cs).
 *
 * @param maximumLength longest result in UTF-16 units; longer text is cut and ends with `…`
 */
export function disarm(text: string, maximumLength = 300): string {
  const oneLine = disarmLine(text);
  if (oneLine.length <= maximumLength) return oneLine;
  return `${oneLine.slice(0, maximumLength - 1).replace(HALF_CHARACTER_AT_END, '')}…`;
}

/** The same without a limit of length: for lines that the task itself composes. */
export function disarmLine(text: string): string {
  return text.replace(CONTROL_CHARACTERS, ' ').replace(DIRECTION_AND_INVISIBLE, '').replace(AGENT_COMMAND, '**').trimEnd();
}
