import { readFileSync } from 'node:fs'
import snmp from 'net-snmp'
import pLimit from 'p-limit'

/** The parts of net-snmp that a script uses. */
interface Varbind {
  oid: string
  value: unknown
}
interface Session {
  subtree(oid: string, feed: (varbinds: Varbind[]) => void, done: (error: Error | null) => void): void
  close(): void
  on(event: 'error', listener: () => void): void
}
interface Library {
  Version2c: number
  createSession(address: string, community: string, options: { port: number; version: number }): Session
}
const { createSession, Version2c } = snmp as unknown as Library

/**
 * The peer that `bench scan` measures beside the program: one session for each printer, the library's own subtree walk, its
 * own timeouts. Prints each printer with the number of values it gave, or the error.
 */
const [file, port, atOneTime, oid] = process.argv.slice(2) as [string, string, string, string]
const limit = pLimit(Number(atOneTime))

function walk(address: string): Promise<string> {
  const values = new Map<string, unknown>()
  const session = createSession(address, 'public', { port: Number(port), version: Version2c })
  return new Promise((resolve) => {
    session.on('error', () => undefined) // told to the callback too
    session.subtree(
      oid,
      (varbinds) => {
        for (const { oid, value } of varbinds) values.set(oid, value)
      },
      (error) => {
        session.close()
        resolve(`${address} ${error ? error.message : values.size}`)
      },
    )
  })
}

const addresses = readFileSync(file, 'utf8').trim().split('\n')
const lines = await Promise.all(addresses.map((address) => limit(() => walk(address))))
console.log(lines.join('\n'))
