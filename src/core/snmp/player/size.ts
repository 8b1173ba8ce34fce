import type { SnmpValue, Varbind } from '../value.ts'

/** How many bytes a variable binding takes on the wire, so that a GetBulk answer can be filled to the brim. */
export function varbindSize({ oid, value }: Varbind): number {
  return wrapped(wrapped(oidSize(oid)) + wrapped(valueSize(value)))
}

/** Contents with tag and length before them. */
function wrapped(size: number): number {
  return size + (size < 0x80 ? 2 : size < 0x100 ? 3 : size < 0x10000 ? 4 : 5)
}

function oidSize(oid: string): number {
  let size = 0
  let ids = 0
  let id = 0
  for (let i = 0; i <= oid.length; i++) {
    const code = i < oid.length ? oid.charCodeAt(i) : 46
    if (code !== 46) {
      id = id * 10 + code - 48
      continue
    }
    // The first two share a byte, except below 2.48, where real MIBs do not go.
    if (++ids !== 2) size += id < 0x80 ? 1 : id < 0x4000 ? 2 : id < 0x200000 ? 3 : id < 0x10000000 ? 4 : 5
    id = 0
  }
  return size
}

function valueSize(value: SnmpValue): number {
  switch (value.type) {
    case 'octets':
    case 'opaque':
      return value.value.length
    case 'oid':
      return oidSize(value.value)
    case 'ip':
      return 4
    case 'counter64':
      return value.value === 0n ? 1 : Math.floor(value.value.toString(2).length / 8) + 1
    case 'integer':
    case 'counter32':
    case 'gauge32':
    case 'timeticks':
      return integerSize(value.value)
    default:
      return 0
  }
}

function integerSize(value: number): number {
  const magnitude = value < 0 ? -value - 1 : value
  return magnitude < 0x80 ? 1 : magnitude < 0x8000 ? 2 : magnitude < 0x800000 ? 3 : magnitude < 0x80000000 ? 4 : 5
}
