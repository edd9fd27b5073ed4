/** A logging command as the agent reads it from a line of output. */
export interface LoggingCommand {
  readonly area: string;
  readonly event: string;
  /** Keys in lower case: the agent compares them without regard to case. */
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

const PREFIX = '##vso[';

/**
 * Reads the first `##vso[area.event key=value;...]data` of a line, wherever in the line it stands, as Command.cs of
 * azure-pipelines-agent does.
 * @returns undefined when the line holds no command that can be read
 */
export function parseCommand(line: string): LoggingCommand | undefined {
  const start = line.indexOf(PREFIX);
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return undefined;
  const info = line.slice(start + PREFIX.length, end);
  const space = info.indexOf(' ');
  const names = (space < 0 ? info : info.slice(0, space)).split('.').filter((name) => name !== '');
  const [area, event] = names;
  if (names.length !== 2 || area === undefined || event === undefined) return undefined;
  return { area, event, properties: space > 0 ? parseProperties(info.slice(space + 1)) : {}, data: unescapeCommand(line.slice(end + 1)) };
}

function parseProperties(text: string): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const property of text.split(';')) {
    // The agent drops empty parts when it splits: `=a==b` is the pair a, b.
    const [, name, value] = /^=*([^=]+)=+(.+)$/s.exec(property) ?? [];
    if (name !== undefined && value !== undefined) properties[name.toLowerCase()] = unescapeCommand(value);
  }
  return properties;
}

/** Undoes the escaping of logging commands. */
export function unescapeCommand(text: string): string {
  return text.replaceAll('%3B', ';').replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%5D', ']').replaceAll('%AZP25', '%');
}

/** Cuts a stream of text into lines at CR, LF and CRLF, as the agent's reader does; a CR ends its line at once. */
export class LineSplitter {
  #rest = '';
  #afterReturn = false;

  constructor(private readonly onLine: (line: string) => void) {}

  push(text: string): void {
    const fresh = this.#afterReturn && text.startsWith('\n') ? text.slice(1) : text;
    if (text !== '') this.#afterReturn = text.endsWith('\r');
    const lines = (this.#rest + fresh).split(/\r\n|\r|\n/);
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.onLine(line);
  }

  /** Hands over what stands after the last line end. */
  end(): void {
    if (this.#rest !== '') this.onLine(this.#rest);
    this.#rest = '';
  }
}
