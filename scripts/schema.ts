// Writes docs/manifest-1.schema.json, the published form of an export's manifest.json, out of the schema that the product itself reads with.
// `--check` writes nothing and fails when the file does not match.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toJsonSchema } from '@valibot/to-json-schema';
import { MANIFEST_VERSION, manifestSchema } from '../tasks/common/evidence/manifest';
import { readJson, root } from './project.mjs';

export const SCHEMA_FILE = `docs/manifest-${MANIFEST_VERSION}.schema.json`;

/** The text of the schema's file: JSON Schema, draft 2020-12. */
export function schemaText(): string {
  const { repository } = readJson('vss-extension.json') as { repository: { uri: string } };
  const converted = toJsonSchema(manifestSchema, {
    target: 'draft-2020-12',
    overrideAction: ({ valibotAction, jsonSchema }) => {
      // What compares two values has no form in JSON Schema; the description says so.
      if (valibotAction.type === 'check') return jsonSchema;
      const requirement = 'requirement' in valibotAction ? valibotAction.requirement : undefined;
      if (!(requirement instanceof RegExp) || requirement.flags !== 'i') return undefined;
      return { ...jsonSchema, pattern: requirement.source.replaceAll('a-z', 'A-Za-z') };
    },
  });
  const { $schema, ...schema } = converted;
  const head = {
    $schema,
    $id: `${repository.uri}/raw/main/${SCHEMA_FILE}`,
    title: 'Manifest of an audit log export',
    description: 'What one export of an Azure DevOps audit log covers and holds. Instants are UTC in whole seconds; intervals do not include their end; ticks (.NET, 100 ns) and ids are strings, because they do not fit a JSON number. '
      + 'A manifest.json is in the canonical form of RFC 8785. The verifier also holds together what a schema cannot: that an interval begins before it ends, that the counts agree, that no file is named twice.',
  };
  return `${JSON.stringify({ ...head, ...schema }, undefined, 2)}\n`;
}

function main(): void {
  const file = path.join(root, SCHEMA_FILE);
  const expected = schemaText();
  const current = read(file);
  if (current === expected) return;
  if (process.argv.includes('--check')) {
    process.stderr.write(`${SCHEMA_FILE} does not match the schema in tasks/common/evidence/manifest.ts. Run \`npm run schema\` and commit the result.\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, expected);
    process.stdout.write(`Wrote ${SCHEMA_FILE}\n`);
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  } catch {
    // Not there yet.
    return undefined;
  }
}

if (process.argv[1] === import.meta.filename) main();
