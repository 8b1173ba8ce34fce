import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { Printer } from '../../src/core/model/printer.ts'
import { Secret } from '../../src/core/model/secret.ts'
import { MAKERS } from '../../src/core/profiles/makers.ts'
import type { Profile, Workaround } from '../../src/core/profiles/profile.ts'
import { scan } from '../../src/core/scan/scan.ts'
import { startPlayer } from '../../src/core/snmp/player/player.ts'
import { parseRecording } from '../../src/core/snmp/recording.ts'

const cases = MAKERS.flatMap((profile) =>
  (profile.workarounds ?? []).flatMap((workaround) =>
    workaround.shown_by.map((recording) => ({ maker: profile.name, kind: workaround.kind, workaround, recording })),
  ),
)

/** What a scan says of a played recording, without the time it was taken at. */
async function readPlayed(recording: string, profiles: readonly Profile[]): Promise<Partial<Printer>[]> {
  const path = new URL(`../recordings/printers/${recording}.snmprec`, import.meta.url)
  const device = { address: '127.79.0.1', recording: parseRecording(await readFile(path), recording) }
  const player = await startPlayer({ devices: [device], port: 0, now: () => 0 })
  const credentials = [{ name: 'test', version: '2c', community: new Secret('public') }] as const
  const printers: Partial<Printer>[] = []
  try {
    for await (const event of scan({
      addresses: [device.address],
      total: 1,
      port: player.port,
      timeout: 500,
      retries: 3,
      rate: 1000,
      concurrency: 1,
      deadline: 20,
      credentialsFor: () => credentials,
      profiles,
      now: () => new Date(0),
      signal: new AbortController().signal,
    })) {
      if (event.type === 'read') printers.push(event.printer)
    }
  } finally {
    await player.close()
  }
  return printers
}

const without = (removed: Workaround): Profile[] =>
  MAKERS.map(({ workarounds = [], ...rest }) => ({
    ...rest,
    workarounds: workarounds.filter((each) => each !== removed),
  }))

describe('every workaround', () => {
  test('names a recording that shows it', () => {
    const bare = MAKERS.flatMap(({ workarounds = [] }) => workarounds.filter(({ shown_by }) => shown_by.length === 0))
    expect(bare).toEqual([])
    expect(cases.length).toBeGreaterThan(0)
  })

  test.each(cases)('$maker: $kind changes what is said of $recording', async ({ workaround, recording }) => {
    const plain = await readPlayed(recording, without(workaround))
    expect(plain).toHaveLength(1)
    expect(await readPlayed(recording, MAKERS)).not.toEqual(plain)
  })

  test('a model that restarts when its private objects are polled is not asked for them', async () => {
    const [printer] = await readPlayed('brother-restarts', MAKERS)
    expect(printer?.missing).toContainEqual({ part: 'private', reason: 'deny_listed' })
    expect(printer?.counters?.every(({ source }) => !source.startsWith('1.3.6.1.4.1.'))).toBe(true)
  })
})
