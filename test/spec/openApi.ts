import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv, { type ErrorObject } from 'ajv-draft-04';
import addFormats from 'ajv-formats';

/** Microsoft's descriptions of the REST API (MicrosoftDocs/vsts-rest-api-specs), where a copy lies beside the repository. */
export const SPECIFICATION = fileURLToPath(new URL('../../../shared/reference/spec/specification', import.meta.url));

export const hasSpecification = existsSync(SPECIFICATION);

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'body';
  readonly required?: boolean;
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
}

type Paths = Readonly<Record<string, Readonly<Record<string, { readonly parameters: readonly Parameter[] }>>>>;

interface Document {
  readonly host: string;
  readonly paths: Paths;
  /** Further operations of a path, told apart by their query. */
  readonly 'x-ms-paths'?: Paths;
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly definitions: Readonly<Record<string, unknown>>;
}

/** One OpenAPI 2.0 document of the specification. */
export class OpenApi {
  private readonly document: Document;
  private readonly ajv = new Ajv({ strict: false, allErrors: true });

  /** @param area for example `audit` */
  constructor(area: string, version = '7.2') {
    this.document = JSON.parse(textOf(path.join(area, version, `${area}.json`))) as Document;
    addFormats(this.ajv);
    this.ajv.addSchema({ id: 'document', definitions: this.document.definitions });
  }

  /** Whether an operation of this document is meant, by host and path. */
  knows(url: URL): boolean {
    return this.operationsAt(url).length > 0;
  }

  /** What is wrong with a request; empty when it conforms. Path segments compare without regard to case, as the service does. */
  requestProblems(method: string, url: URL): string[] {
    const operations = this.operationsAt(url).flatMap((methods) => methods[method.toLowerCase()] ?? []);
    const problems = operations.map((operation) => this.operationProblems(operation, url)).sort((left, right) => left.length - right.length);
    return problems[0] ?? [`no operation ${method} ${url.pathname}`];
  }

  private operationProblems(operation: { readonly parameters: readonly Parameter[] }, url: URL): string[] {
    const declared = operation.parameters.map((parameter) => this.resolve(parameter)).filter((parameter) => parameter.in === 'query');
    const sent = [...url.searchParams];
    const unknown = sent.filter(([name]) => !declared.some((parameter) => parameter.name === name)).map(([name]) => `unknown parameter ${name}`);
    const repeated = sent.filter(([name], index) => sent.findIndex(([other]) => other === name) !== index).map(([name]) => `${name} twice`);
    const missing = declared.filter(({ name, required }) => required === true && !url.searchParams.has(name)).map(({ name }) => `no ${name}`);
    const wrong = sent.flatMap(([name, value]) => this.valueProblems(declared.find((parameter) => parameter.name === name), value));
    return [...unknown, ...repeated, ...missing, ...wrong];
  }

  /** What is wrong with a value of a definition, one text per kind of problem and place. */
  problemsOf(definition: string, value: unknown): string[] {
    const validate = this.ajv.compile({ $ref: `document#/definitions/${definition}` });
    validate(value);
    return [...new Set((validate.errors ?? []).map(describe))].sort();
  }

  private resolve(parameter: Parameter): Parameter {
    return parameter.$ref === undefined ? parameter : this.document.parameters[parameter.$ref.replace('#/parameters/', '')] ?? parameter;
  }

  private operationsAt(url: URL): Paths[string][] {
    if (url.host !== this.document.host) return [];
    const all = [...Object.entries(this.document.paths), ...Object.entries(this.document['x-ms-paths'] ?? {})];
    return all.filter(([template]) => {
      const pattern = template.replace(/\?.*$/, '').replace(/[.$]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/]+');
      return new RegExp(`^${pattern}$`, 'i').test(url.pathname);
    }).map(([, methods]) => methods);
  }

  private valueProblems(parameter: Parameter | undefined, value: string): string[] {
    if (parameter === undefined) return [];
    const { name, type, format } = parameter;
    const typed: unknown = type === 'integer' || type === 'boolean' ? parsed(value) : value;
    const isValid = this.ajv.validate({ type, ...(format !== undefined && { format }) }, typed);
    return isValid ? [] : [`${name} is not ${format ?? type ?? ''}: ${value}`];
  }
}

/** A file of the specification as text; its documents begin with a byte order mark, which is not part of the text. */
export function textOf(file: string): string {
  return readFileSync(path.join(SPECIFICATION, file), 'utf8').replace(/^\ufeff/, '');
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** The place without array positions, so that the same problem of many elements is one. */
function describe({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath.replace(/\/\d+/g, '/*')} ${message ?? ''} ${JSON.stringify(params)}`;
}
