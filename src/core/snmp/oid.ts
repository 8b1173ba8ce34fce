/** OIDs are dotted decimal strings without a leading dot, for example `1.3.6.1.2.1.1.1.0`. */

/** Lexicographic order of two OIDs by sub-identifier (RFC 3416 section 4.2.2): negative, zero or positive. */
export function compareOids(a: string, b: string): number {
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    let x = 0
    let y = 0
    for (; i < a.length && a.charCodeAt(i) !== 46; i++) x = x * 10 + a.charCodeAt(i) - 48
    for (; j < b.length && b.charCodeAt(j) !== 46; j++) y = y * 10 + b.charCodeAt(j) - 48
    if (x !== y) return x - y
    i++
    j++
  }
  return a.length - i - (b.length - j)
}

/** True when `oid` is `prefix` itself or lies below it. */
export function isWithin(oid: string, prefix: string): boolean {
  return oid.startsWith(prefix) && (oid.length === prefix.length || oid.charCodeAt(prefix.length) === 46)
}

/** The sub-identifiers of `oid` behind `prefix`, as numbers; empty when `oid` is the prefix itself. */
export function indexBehind(oid: string, prefix: string): number[] {
  return oid.length <= prefix.length
    ? []
    : oid
        .slice(prefix.length + 1)
        .split('.')
        .map(Number)
}

/** True for two to 128 sub-identifiers of at most 32 bits, the first two as ASN.1 allows (RFC 2578 section 3.5). */
export function isOid(text: string): boolean {
  if (text.length > 1400 || !/^[0-2](\.(0|[1-9]\d{0,9})){1,127}$/.test(text)) return false
  const ids = text.split('.').map(Number)
  return ids.every((id) => id <= 0xffffffff) && (ids[0] === 2 || (ids[1] as number) < 40)
}
