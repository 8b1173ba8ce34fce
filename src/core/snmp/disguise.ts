import { createHmac } from 'node:crypto'

/** Random bytes that depend on a secret salt and a text: the same text is disguised the same way each time. */
function bytesFor(salt: Uint8Array, text: string, count: number): Buffer {
  const blocks: Buffer[] = []
  for (let i = 0; i * 64 < count; i++) blocks.push(createHmac('sha512', salt).update(`${i}/${text}`, 'latin1').digest())
  return Buffer.concat(blocks)
}

/**
 * Another text of the same shape: digits become digits and letters become letters of the same case, everything else
 * stays. Bytes above ASCII (the text holds one character a byte) become others of their kind, so that UTF-8 stays valid.
 * @param salt at least 16 random bytes, thrown away afterwards; without it the original cannot be looked up
 */
export function disguiseText(text: string, salt: Uint8Array): string {
  for (let attempt = 0; ; attempt++) {
    const random = bytesFor(salt, `${attempt}/${foldCase(text)}`, text.length * 2)
    let other = ''
    for (let i = 0; i < text.length; i++) other += disguiseByte(text.charCodeAt(i), random.readUInt16BE(i * 2))
    // One letter can come out as itself; a text without letters and digits always does.
    if (other !== text || attempt === 20) return other
  }
}

function disguiseByte(code: number, random: number): string {
  if (code >= 0x30 && code <= 0x39) return String.fromCharCode(0x30 + (random % 10))
  if (code >= 0x41 && code <= 0x5a) return String.fromCharCode(0x41 + (random % 26))
  if (code >= 0x61 && code <= 0x7a) return String.fromCharCode(0x61 + (random % 26))
  // A continuation byte of UTF-8: after some lead bytes only sixteen values make a valid character.
  if (code >= 0x80 && code < 0xc0) return String.fromCharCode((code & 0xf0) + (random % 16))
  return String.fromCharCode(code)
}

/** Another MAC address (twelve lower-case hex digits) of the same maker. */
export function disguiseMac(mac: string, salt: Uint8Array): string {
  for (let attempt = 0; ; attempt++) {
    const tail = bytesFor(salt, `mac/${attempt}/${mac}`, 3).toString('hex', 0, 3)
    if (tail !== mac.slice(6)) return mac.slice(0, 6) + tail
  }
}

/** Lower case for ASCII letters only: other characters stand for bytes here. */
export function foldCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
