import type { Credential, UserCredential } from '../../src/core/model/credential.ts'
import type { Printer } from '../../src/core/model/printer.ts'
import type { ScanEvent, ScanSummary } from '../../src/core/model/scan-event.ts'
import { Secret } from '../../src/core/model/secret.ts'
import { MAKERS } from '../../src/core/profiles/makers.ts'
import { type ScanOptions, scan } from '../../src/core/scan/scan.ts'

export const community = (text: string, version: '1' | '2c' = '2c'): Credential => ({
  name: `${text} ${version}`,
  version,
  community: new Secret(text),
})
/** One community in both versions, as the defaults have it. */
export const PUBLIC: readonly Credential[] = [community('public', '2c'), community('public', '1')]

export const userNamed = (username: string, rest: Partial<UserCredential> = {}): UserCredential => ({
  name: `user ${username}`,
  version: '3',
  username,
  security_level: 'authPriv',
  auth_protocol: 'sha256',
  auth_key: new Secret('authentication'),
  priv_protocol: 'aes128',
  priv_key: new Secret('privacy of it'),
  ...rest,
})

export interface Outcome {
  events: ScanEvent[]
  printers: Printer[]
  failed: Array<Extract<ScanEvent, { type: 'failed' }>>
  found: string[]
  summary: ScanSummary
}

export function scanOptions(
  given: Partial<ScanOptions> & Pick<ScanOptions, 'addresses' | 'port'> & { credentials?: readonly Credential[] },
): ScanOptions {
  const { credentials = PUBLIC, ...rest } = given
  return {
    total: null,
    timeout: 400,
    retries: 2,
    rate: 5000,
    concurrency: 16,
    deadline: 30,
    credentialsFor: () => credentials,
    profiles: MAKERS,
    now: () => new Date(),
    signal: new AbortController().signal,
    ...rest,
  }
}

/** Scans to the end; what it found, by kind. The last event must be `done`. */
export async function runScan(options: Parameters<typeof scanOptions>[0]): Promise<Outcome> {
  const events: ScanEvent[] = []
  for await (const event of scan(scanOptions(options))) events.push(event)
  const last = events.at(-1)
  if (last?.type !== 'done') throw new Error(`the last event is ${last?.type}`)
  return {
    events,
    printers: events.flatMap((event) => (event.type === 'read' ? [event.printer] : [])),
    failed: events.filter((event) => event.type === 'failed'),
    found: events.flatMap((event) => (event.type === 'found' ? [event.address] : [])),
    summary: last.summary,
  }
}
