import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CHECK_IDS } from '../../tasks/common/access/check';
import { CHECKS } from '../../tasks/common/access/runChecks';
import { markedTable } from '../support/documents';
import { repository } from '../support/taskManifest';

const textOf = (file: string): string => readFileSync(path.join(repository, file), 'utf8').replaceAll('\r\n', '\n');

describe('the documents about access', () => {
  const troubleshooting = textOf('docs/troubleshooting.md');
  const setup = textOf('docs/setup.md');

  it('explain every check, in the order in which they run, and nothing else', () => {
    const part = troubleshooting.slice(troubleshooting.indexOf('<!-- checks: begin -->'), troubleshooting.indexOf('<!-- checks: end -->'));
    const headings = [...part.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
    assert.deepEqual(headings, CHECKS.map(({ id }) => id));
    assert.deepEqual([...CHECK_IDS].sort(), CHECKS.map(({ id }) => id).sort());
  });

  it('lead only to checks that exist', () => {
    const links = [...`${setup}\n${troubleshooting}`.matchAll(/\]\((?:troubleshooting\.md)?#([\w-]+)\)/g)].map(([, anchor]) => anchor);
    assert.notEqual(links.length, 0);
    for (const anchor of links) assert.ok(anchor === 'codes' || (CHECK_IDS as readonly (string | undefined)[]).includes(anchor), `#${anchor ?? ''}`);
  });

  it('name in the set-up every check that a setting of it decides', () => {
    for (const id of ['service-connection', 'assertion', 'federation', 'organization', 'tenant', 'membership', 'project-scoped-user', 'conditional-access', 'permission', 'auditing', 'least-privilege']) {
      assert.ok(setup.includes(`(troubleshooting.md#${id})`), id);
    }
  });

  it('explain every code of Entra that the checks know', () => {
    const known = [...textOf('tasks/common/access/checks/federation.ts').matchAll(/AADSTS\d+/g)].map(([code]) => code);
    assert.notEqual(known.length, 0);
    for (const code of known) assert.ok(troubleshooting.includes(code), code);
  });

  it('explain every code that a failure can have, once', () => {
    const union = /export type ErrorCode =([^;]+);/.exec(textOf('tasks/common/errors/taskError.ts'))?.[1] ?? '';
    const known = [...union.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code ?? '');
    assert.ok(known.length > 40);
    const explained = ['codes of the chain', 'codes of the signature', 'codes of verification', 'other codes'].flatMap((table) => markedTable(troubleshooting, table))
      .flatMap(([codes = '']) => codes.replaceAll('`', '').split(', '));
    assert.deepEqual(explained.sort(), known.sort());
  });

  it('let the texts be found that people search for', () => {
    for (const text of ['Insufficient permissions for audit resource access', 'vssps://audit/streams/{organizationId}', 'TF401444', 'TF400813', 'TF400733', 'VS403463', 'user_impersonation', 'vso.auditlog', '499b84ac-1321-427f-aa17-267ca6975798/.default']) {
      assert.ok(troubleshooting.includes(text), text);
    }
  });

  it('name every host that the checks ask', () => {
    for (const host of ['dev.azure.com', 'auditservice.dev.azure.com', 'vssps.dev.azure.com', 'login.microsoftonline.com']) assert.ok(setup.includes(`\`${host}\``), host);
  });
});
