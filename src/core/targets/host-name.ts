const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i

/** `10`, `10-20`, `x`, `10-x`: a label that can only be meant as an octet of an address. */
const OCTET = /^(\d+|x)(-(\d+|x))*$/i

/**
 * True for a host name (RFC 1123 section 2.1) that cannot be a mistyped address. Names whose last label is a number, hex
 * included, are none: the system's resolver reads `10.1` and `0x7f000001` as addresses.
 */
export function isHostName(text: string): boolean {
  const name = text.endsWith('.') ? text.slice(0, -1) : text
  if (name.length > 253) return false
  const labels = name.split('.')
  if (!labels.every((label) => LABEL.test(label))) return false
  if (/^(\d+|0x[0-9a-f]*)$/i.test(labels.at(-1) as string)) return false
  return !(/\d/.test(name) && labels.every((label) => OCTET.test(label)))
}
