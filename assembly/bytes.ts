// The bytes of JSON that mean something, by the names of their characters (RFC 8259).
export const SPACE: u8 = 0x20;
export const QUOTE: u8 = 0x22;
export const PLUS: u8 = 0x2b;
export const COMMA: u8 = 0x2c;
export const MINUS: u8 = 0x2d;
export const DOT: u8 = 0x2e;
export const SLASH: u8 = 0x2f;
export const ZERO: u8 = 0x30;
export const COLON: u8 = 0x3a;
export const UPPER_Z: u8 = 0x5a;
export const OPEN_BRACKET: u8 = 0x5b;
export const BACKSLASH: u8 = 0x5c;
export const CLOSE_BRACKET: u8 = 0x5d;
export const LOWER_B: u8 = 0x62;
export const LOWER_E: u8 = 0x65;
export const LOWER_F: u8 = 0x66;
export const LOWER_N: u8 = 0x6e;
export const LOWER_R: u8 = 0x72;
export const LOWER_T: u8 = 0x74;
export const LOWER_U: u8 = 0x75;
export const OPEN_BRACE: u8 = 0x7b;
export const CLOSE_BRACE: u8 = 0x7d;
export const DELETE: u8 = 0x7f;

/** So many bytes are looked at together; so many behind an input may be read, and behind an output written. */
export const STEP: usize = 16;

/** Which of 16 bytes have this value. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function equalTo(bytes: v128, value: u8): v128 {
  return i8x16.eq(bytes, i8x16.splat(<i8>value));
}
