import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import AdmZip from 'adm-zip';
import { readJson } from '../../scripts/project.mjs';
import { readTaskManifest, repository } from '../support/taskManifest';

const LARGEST_GZIPPED = 60 * 1024;

interface Contribution {
  readonly type: string;
  readonly targets: readonly string[];
  readonly restrictedTo?: readonly string[];
  readonly properties: { readonly name: string; readonly uri?: string; readonly supportsTasks?: readonly string[]; readonly dynamic?: boolean };
}

interface PackagedManifest {
  readonly scopes: readonly string[];
  readonly contributions: readonly Contribution[];
}

const dist = path.join(repository, 'dist');

/** The package that is published, read as the marketplace does. */
function vsix(): AdmZip {
  const files = readdirSync(dist).filter((name) => name.endsWith('.vsix'));
  assert.equal(files.length, 1);
  return new AdmZip(path.join(dist, files[0] ?? ''));
}

function text(name: string): string {
  const entry = vsix().getEntry(name);
  assert.ok(entry, `the package has no ${name}`);
  return entry.getData().toString('utf8');
}

function addressable(): string[] {
  return [...text('extension.vsixmanifest').matchAll(/<Asset ([^>]*)\/>/g)].flatMap(([, attributes = '']) => {
    const [, file] = / Path="([^"]*)"/.exec(` ${attributes}`) ?? [];
    return file !== undefined && attributes.includes('Addressable="true"') ? [file] : [];
  });
}

describe('the tab in the package', () => {
  const manifest = () => JSON.parse(text('extension.vsomanifest')) as PackagedManifest;
  const tab = () => manifest().contributions.filter(({ type }) => type === 'ms.vss-build-web.build-results-tab');

  it('is one contribution to the page of a run, for members only, where the export task is in the pipeline', () => {
    const [contribution, ...others] = tab();
    assert.deepEqual(others, []);
    assert.deepEqual(contribution?.targets, ['ms.vss-build-web.build-results-view']);
    assert.deepEqual(contribution.properties, { name: 'Audit log', uri: 'tab/tab.html', dynamic: true, supportsTasks: [readTaskManifest('ExportAuditLog').id] });
    assert.equal(contribution.restrictedTo, undefined);
  });

  it('has the id of the packaged task, not of another', () => {
    const task = JSON.parse(text('tasks/ExportAuditLog/task.json')) as { id: string };
    assert.deepEqual(tab()[0]?.properties.supportsTasks, [task.id]);
  });

  it('asks for no scope but to read builds', () => {
    assert.deepEqual(manifest().scopes, ['vso.build']);
  });

  it('is addressable, with all that its page loads, and of the rest only pictures and texts are', () => {
    const files = addressable();
    const loaded = [...text('tab/tab.html').matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file).filter((file) => !file.startsWith('data:'));
    assert.deepEqual(loaded.sort(), ['tab.css', 'tab.js']);
    for (const file of ['tab.html', ...loaded]) assert.ok(files.includes(`tab/${file}`) && vsix().getEntry(`tab/${file}`), file);
    assert.deepEqual(files.filter((file) => !/^(tab\/tab\.(html|js|css)|images\/[\w-]+\.png|overview\.md|LICENSE|extension\.vsomanifest)$/.test(file)), []);
  });

  it('has a strict policy', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(text('tab/tab.html'))?.[1];
    assert.equal(policy, 'default-src \'none\'; script-src \'self\'; style-src \'self\'; img-src \'self\' data:; connect-src https://dev.azure.com https://*.visualstudio.com; base-uri \'none\'; form-action \'none\'');
    assert.doesNotMatch(text('tab/tab.html'), /<script(?! src="tab\.js")|<style|\son\w+=|style=/i);
  });

  it('holds one copy of the SDK: calls through a second one are never answered', () => {
    assert.equal(text('tab/tab.js').split('The AzureDevOps SDK is already loaded').length - 1, 1);
    assert.deepEqual((readJson('dist', 'bundled.json') as string[]).flatMap((folder) => /azure-devops-extension-.*/.exec(folder) ?? []), ['azure-devops-extension-sdk']);
    assert.match(text('ThirdPartyNotices.txt'), /^azure-devops-extension-sdk 5\./m);
  });

  it('makes no markup out of text, no code out of text, and stores nothing', () => {
    for (const file of ['tab/tab.js', 'tab/tab.html']) {
      const found = text(file).match(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|\beval\(|new Function|localStorage|sessionStorage|indexedDB|\.cookie\b|srcdoc/g);
      assert.deepEqual(found, null, file);
    }
  });

  it('names no address but that of the SVG namespace', () => {
    const addresses = `${text('tab/tab.js')}${text('tab/tab.css')}`.match(/(?:https?|wss?):\/\/[^\s"'`),;]*/g) ?? [];
    assert.deepEqual([...new Set(addresses)], ['http://www.w3.org/2000/svg']);
  });

  it('is small', function () {
    const sizes = ['tab.html', 'tab.js', 'tab.css'].map((name) => [name, gzipSync(text(`tab/${name}`), { level: 9 }).length] as const);
    const together = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
    process.stdout.write(`      The tab, gzipped: ${together} bytes (${sizes.map(([name, bytes]) => `${name} ${bytes}`).join(', ')}); at most ${LARGEST_GZIPPED}.\n`);
    assert.ok(together < LARGEST_GZIPPED, `${together} bytes`);
  });

  it('is what the unpacked folder of the tests holds', () => {
    for (const name of ['tab.html', 'tab.js', 'tab.css']) assert.equal(readFileSync(path.join(dist, 'unzipped', 'tab', name), 'utf8'), text(`tab/${name}`), name);
  });
});
