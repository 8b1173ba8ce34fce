import { readFile } from 'node:fs/promises'

const FILES = { 4: '/proc/net/udp', 6: '/proc/net/udp6' } as const

/**
 * Datagrams that came for a socket and found its receive buffer full, as Linux counts them; null where it does not say.
 *
 * @param port the local port the socket is bound to
 */
export async function readSocketDrops(family: 4 | 6, port: number): Promise<number | null> {
  let table: string
  try {
    table = await readFile(FILES[family], 'latin1')
  } catch {
    return null
  }
  const hex = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const cells = table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, local]) => local?.endsWith(hex))
  const drops = Number(cells?.at(-1))
  return cells && Number.isInteger(drops) ? drops : null
}
