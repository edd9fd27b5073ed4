import assert from 'node:assert/strict';
import { isRetriedTransport, transportFailure, TransportError } from '../../../tasks/common/http/failure';
import { shown } from '../../support/rejection';

const url = new URL('https://dev.azure.com/fabrikam?secret=1');
const coded = (code: string, cause?: unknown): Error => Object.assign(new Error('text of a library, Authorization: Bearer abc', { cause }), { code });

describe('failures of the transport', () => {
  const reasons: [thrown: unknown, says: string][] = [
    [coded('ENOTFOUND'), 'the name could not be resolved'], [coded('EAI_AGAIN'), 'the name could not be resolved'], [coded('ECONNREFUSED'), 'the connection was refused'],
    [coded('ECONNRESET'), 'the connection was reset'], [coded('ETIMEDOUT'), 'the connection timed out'], [coded('UND_ERR_CONNECT_TIMEOUT'), 'no connection within the time allowed'],
    [coded('UND_ERR_HEADERS_TIMEOUT'), 'no answer within the time allowed'], [coded('UND_ERR_BODY_TIMEOUT'), 'the answer stopped half-way'], [coded('UND_ERR_RES_CONTENT_LENGTH_MISMATCH'), 'the answer was cut off'],
    [new TransportError('WHOLE_TIMEOUT'), 'the answer took longer than allowed'], [new TransportError('BODY_UNDECODABLE', coded('Z_DATA_ERROR')), 'the answer could not be decompressed'],
    [coded('SOMETHING_ELSE', coded('ECONNRESET')), 'the connection was reset'], [new AggregateError([coded('ENETUNREACH'), coded('ECONNREFUSED')]), 'the network is unreachable'],
    [coded('constructor'), 'the connection failed'], [new Error('x'), 'the connection failed'], ['a text', 'the connection failed'], [undefined, 'the connection failed'],
  ];
  for (const [thrown, says] of reasons) {
    it(`${thrown instanceof Error ? `${thrown.name} ${String((thrown as NodeJS.ErrnoException).code)}` : String(thrown)}: ${says}`, () => {
      const failure = transportFailure(thrown, url, undefined, 1);
      assert.equal(failure.code, 'NETWORK_UNREACHABLE');
      assert.equal(failure.message, `No whole answer came from dev.azure.com: ${says} (one attempt).`);
      assert.doesNotMatch(shown(failure), /Bearer|secret/);
      assert.ok(isRetriedTransport(thrown));
    });
  }

  const certificates: [code: string, says: RegExp][] = [
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /authority that this agent does not trust/], ['SELF_SIGNED_CERT_IN_CHAIN', /does not trust/], ['DEPTH_ZERO_SELF_SIGNED_CERT', /does not trust/],
    ['CERT_HAS_EXPIRED', /not valid at this time/], ['CERT_NOT_YET_VALID', /not valid at this time/], ['ERR_TLS_CERT_ALTNAME_INVALID', /for another name/], ['CERT_REVOKED', /revoked/], ['INVALID_PURPOSE', /not meant for a server/],
  ];
  for (const [code, says] of certificates) {
    it(`${code} is final, and names host and proxy`, () => {
      const thrown = coded('UND_ERR_PRX_TLS', coded(code));
      const failure = transportFailure(thrown, url, 'proxy:8080', 3);
      assert.equal(failure.code, 'CERTIFICATE_NOT_TRUSTED');
      assert.match(failure.message, says);
      assert.match(failure.message, /dev\.azure\.com through the proxy proxy:8080/);
      assert.ok(!isRetriedTransport(thrown));
    });
  }
});
