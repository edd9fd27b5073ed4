import assert from 'node:assert/strict';
import { ENTRY_SCAN_MODULE } from '../../../tasks/common/auditlog/entryScanModule';
import { startQuickModule } from '../../../tasks/common/auditlog/quickModule';

describe('a module of assembly/', () => {
  it('is not there where the processor cannot run it: callers have another way', () => {
    assert.equal(startQuickModule(Buffer.from('what no processor runs').toString('base64')), undefined);
  });

  it('has as much memory as is asked for, and keeps what is in it', () => {
    const module = startQuickModule(ENTRY_SCAN_MODULE);
    assert.ok(module);
    module.reserve(100_000);
    module.bytes.write('kept', 8192);
    module.numbers[3000] = 7;
    module.reserve(1_000_000);
    assert.ok(module.bytes.length >= 1_000_000);
    assert.equal(module.bytes.toString('latin1', 8192, 8196), 'kept');
    assert.deepEqual([module.numbers[3000], module.bytes[12_000], module.numbers.byteLength], [7, 7, module.bytes.length]);
    const { bytes } = module;
    module.reserve(10);
    assert.equal(module.bytes, bytes);
  });
});
