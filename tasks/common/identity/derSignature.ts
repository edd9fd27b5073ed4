/**
 * An ECDSA signature in the form that openssl and certificates use (RFC 3279 §2.2.3: a DER sequence of two integers),
 * from the one that Key Vault sends (RFC 7518 §3.4: r and s side by side, of equal length).
 */
export function derSignature(raw: Buffer): Buffer {
  const half = raw.length / 2;
  const integers = Buffer.concat([derInteger(raw.subarray(0, half)), derInteger(raw.subarray(half))]);
  return Buffer.concat([Buffer.of(0x30, integers.length), integers]);
}

/** The shortest form, with a zero in front where the first bit would make the number negative. At most 126 bytes. */
function derInteger(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  const magnitude = bytes.subarray(start);
  const sign = (magnitude[0] ?? 0) >= 0x80 ? Buffer.of(0) : Buffer.alloc(0);
  return Buffer.concat([Buffer.of(0x02, sign.length + magnitude.length), sign, magnitude]);
}
