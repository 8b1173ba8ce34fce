import { isIPv4 } from 'node:net'
import ipaddr from 'ipaddr.js'

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

function parseAddress(text: string): number[] | null {
  if (isIPv4(text)) return text.split('.').map(Number)
  return text.includes(':') && ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text).toByteArray() : null
}

/**
 * Order for people: negative, zero or positive. Addresses by their numbers (IPv4 before IPv6, both before names),
 * numbers by size, texts with the numbers in them counted (`tray 2` before `tray 10`), upper and lower case together.
 */
export function compareNaturally(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const left = String(a)
  const right = String(b)
  const x = parseAddress(left)
  const y = parseAddress(right)
  if (x && y) {
    if (x.length !== y.length) return x.length - y.length
    for (const [i, byte] of x.entries()) if (byte !== y[i]) return byte - (y[i] as number)
    return compareCodeUnits(left, right)
  }
  if (x || y) return x ? -1 : 1
  return collator.compare(left, right) || compareCodeUnits(left, right)
}

function compareCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
