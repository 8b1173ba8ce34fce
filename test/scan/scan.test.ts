import { afterEach, describe, expect, it } from 'vitest'
import type { Credential } from '../../src/core/model/credential.ts'
import type { Printer } from '../../src/core/model/printer.ts'
import { Secret } from '../../src/core/model/secret.ts'
import { withoutDenyList } from '../../src/core/profiles/load-profiles.ts'
import { MAKERS } from '../../src/core/profiles/makers.ts'
import { scan } from '../../src/core/scan/scan.ts'
import { parseFault } from '../../src/core/snmp/player/faults.ts'
import { type Player, type PlayerOptions, startPlayer } from '../../src/core/snmp/player/player.ts'
import { compareExpected } from '../recordings/compare-expected.ts'
import { fixtureNames, readExpectation, readFixture } from '../recordings/printer-fixture.ts'
import { community, PUBLIC, runScan, scanOptions, userNamed } from './run-scan.ts'

const NET = '127.79.1.'
const DEAD = '127.79.9.'
const printer = readFixture('printers', 'color-laser')
const SERIAL = readExpectation('color-laser')[0]?.serial
const known = userNamed('known')

let player: Player | undefined
afterEach(async () => {
  await player?.close()
  player = undefined
})

/** Each device's faults, from NET.1 on; all play the same printer. */
async function play(
  faults: string[][],
  options: Partial<PlayerOptions> = {},
): Promise<{ port: number; addresses: string[] }> {
  const addresses = faults.map((_, i) => `${NET}${i + 1}`)
  const devices = faults.map((each, i) => ({
    address: addresses[i] as string,
    recording: printer,
    faults: each.map(parseFault),
  }))
  player = await startPlayer({ devices, port: 0, ...options })
  return { port: player.port, addresses }
}

/** What differs from the expectation of the played printer, but for its clock, which runs on. */
function differences(printers: readonly Printer[], name = 'color-laser'): string[] {
  const expected = readExpectation(name).map(({ uptime_seconds: _, alerts, ...rest }) => ({
    ...rest,
    alerts: alerts?.map(({ since: __, ...alert }) => alert),
  }))
  return compareExpected(expected, printers)
}

describe('a scan', () => {
  it('finds every recorded printer, leaves out everything else, and reads what was worked out by hand', async () => {
    const names = fixtureNames('printers')
    const others = fixtureNames('others')
    const devices = [
      ...names.map((name, i) => ({
        address: `${NET}${i + 1}`,
        recording: readFixture('printers', name),
        ...(readExpectation(name)[0]?.snmp_version === '1' && { versions: ['1' as const] }),
      })),
      ...others.map((name, i) => ({ address: `${NET}${i + 101}`, recording: readFixture('others', name) })),
    ]
    player = await startPlayer({ devices, port: 0 })
    const addresses = devices.map(({ address }) => address)
    const { printers, failed, found, summary } = await runScan({
      addresses,
      port: player.port,
      total: addresses.length,
      // an expectation speaks of every row of its recording; what the deny-list leaves out is tested with the workarounds
      profiles: withoutDenyList(MAKERS),
    })
    for (const [i, name] of names.entries()) {
      const here = printers.filter(({ ip }) => ip === `${NET}${i + 1}`)
      expect([name, ...differences(here, name)]).toEqual([name])
      expect(here.flatMap(({ missing }) => missing)).toEqual([])
    }
    expect(printers.filter(({ ip }) => Number(ip.slice(NET.length)) > 100)).toEqual([])
    expect(failed).toEqual([])
    expect(new Set(found)).toEqual(new Set(addresses))
    expect(summary).toMatchObject({
      asked: addresses.length,
      answered: addresses.length,
      failed: 0,
      interrupted: false,
    })
    expect(summary.printers).toBe(printers.length)
  })

  it.each([
    'duplicate',
    'latency=60',
    'jitter=60',
    'slow=10',
    'no-bulk=generr',
    'max-varbinds=4',
    'max-size=484',
    'v1-only',
    'v2c-only',
    'no-combined-get',
  ])('reads everything in spite of %s', { timeout: 20_000 }, async (fault) => {
    const { port, addresses } = await play([[fault]])
    const { printers, failed } = await runScan({ addresses, port })
    expect(failed).toEqual([])
    expect(printers).toHaveLength(1)
    expect(differences(printers)).toEqual([])
    expect(printers[0]).toMatchObject({ missing: [], snmp_version: fault === 'v1-only' ? '1' : '2c' })
  })

  it.each([
    ['backwards=10', 'loop'],
    ['circle=10', 'loop'],
    ['circle=3', 'loop'],
  ])('with %s ends, and notes what is missing', async (fault, reason) => {
    const { port, addresses } = await play([[fault]])
    const { printers } = await runScan({ addresses, port })
    expect(printers).toMatchObject([{ ip: `${NET}1`, missing: [{ reason }, ...(printers[0]?.missing.slice(1) ?? [])] }])
  })

  it.each([
    'loss=20',
    'truncate=20',
    'garbage=20',
    'wrong-id=20',
    'wrong-sender=20',
    'request-loss=30',
    'reply-loss=30',
  ])(
    'finds the printers in spite of %s, with everything or a note of what is missing',
    { timeout: 30_000 },
    async (fault) => {
      const { port, addresses } = await play([[fault], [fault], [fault], [fault]], { seed: 7 })
      const { printers, failed } = await runScan({ addresses, port, timeout: 120, retries: 5 })
      expect([...printers.map(({ ip }) => ip), ...failed.map(({ address }) => address)].sort()).toEqual(addresses)
      expect(printers.length).toBeGreaterThanOrEqual(3)
      for (const each of printers) {
        if (each.missing.length > 0) continue
        expect(differences([each])).toEqual([])
      }
    },
  )

  it.each(['silence', 'truncate', 'garbage', 'wrong-id', 'wrong-sender'])(
    'ends without an event for a device that gives only %s',
    async (fault) => {
      const { port, addresses } = await play([[fault]])
      const { events, summary } = await runScan({ addresses, port, timeout: 60 })
      expect(events.filter(({ type }) => type !== 'progress').map(({ type }) => type)).toEqual(['done'])
      expect(summary).toMatchObject({ asked: 1, answered: 0, printers: 0, failed: 0 })
    },
  )

  it('sends a dead address one datagram and its retries, no more', async () => {
    const addresses = Array.from({ length: 50 }, (_, i) => `${DEAD}${i + 1}`)
    for (const retries of [0, 1, 3]) {
      const { summary } = await runScan({ addresses, port: 9, retries, timeout: 40 })
      expect(summary).toMatchObject({ asked: 50, answered: 0, packets: 50 * (retries + 1) })
    }
  })

  it('asks a dead address for each further community once in each version', async () => {
    const addresses = Array.from({ length: 50 }, (_, i) => `${DEAD}${i + 1}`)
    const both = [...PUBLIC, community('private', '2c'), community('private', '1')]
    const one = [community('public', '2c'), community('private', '2c'), community('third', '2c')]
    const packets = async (credentials: readonly Credential[]) =>
      (await runScan({ addresses, port: 9, retries: 2, timeout: 40, credentials })).summary.packets / 50
    expect(await packets(PUBLIC)).toBe(3)
    expect(await packets(both)).toBe(3 + 2)
    expect(await packets(one)).toBe(3 + 1 + 1)
  })

  it('finds a v1-only device by its second community', async () => {
    const { port, addresses } = await play([['v1-only']], { community: 'private' })
    const credentials = [...PUBLIC, community('private', '2c'), community('private', '1')]
    const { printers } = await runScan({ addresses, port, timeout: 100, credentials })
    expect(printers).toMatchObject([{ serial: SERIAL, snmp_version: '1' }])
  })

  it('asks more often where packets get lost, and finds and reads all', { timeout: 60_000 }, async () => {
    const faults = Array.from({ length: 60 }, () => ['request-loss=12', 'reply-loss=12'])
    const { port, addresses } = await play(faults, { seed: 11 })
    const dead = Array.from({ length: 60 }, (_, i) => `${DEAD}${i + 1}`)
    const { printers, summary } = await runScan({ addresses: [...addresses, ...dead], port, timeout: 200 })
    expect(printers.map(({ ip }) => ip).sort()).toEqual(addresses.toSorted())
    expect(printers.flatMap(({ missing }) => missing)).toEqual([])
    // three tries each, and six requests a printer, would be half of this
    expect(summary.packets).toBeGreaterThan(60 * 5 + 60 * 6)
  })

  it('counts what nobody asked for, and takes none of it', async () => {
    const { port, addresses } = await play([['wrong-id'], ['duplicate'], []])
    const { printers, summary } = await runScan({ addresses, port, timeout: 60 })
    expect(printers).toHaveLength(2)
    expect(summary.strays).toBeGreaterThan(3)
    expect(summary.overflowed).toBe(0)
  })

  it('asks an address that only speaks v1 no more often than another', async () => {
    const { port, addresses } = await play([['v1-only', 'silence=0']])
    const { printers } = await runScan({ addresses, port, retries: 1, timeout: 100 })
    expect(printers).toMatchObject([{ serial: SERIAL, snmp_version: '1' }])
    const { stats } = (player as Player).devices[0] as Player['devices'][number]
    // one probe in v2c before the one in v1 that found it; later one chance to show v2c after all
    expect(stats.received - stats.v1).toBeLessThanOrEqual(2)
  })

  it('keeps to its rate', async () => {
    const addresses = Array.from({ length: 100 }, (_, i) => `${DEAD}${i + 1}`)
    const { summary } = await runScan({ addresses, port: 9, retries: 0, timeout: 10, rate: 200 })
    // 100 datagrams at 200 a second, less the ones that may go at once
    expect(summary.seconds).toBeGreaterThan(0.4)
  })

  it('draws addresses as it needs them', async () => {
    let drawn = 0
    function* addresses() {
      for (let i = 0; ; i++) {
        drawn++
        yield `127.${80 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`
      }
    }
    const controller = new AbortController()
    const options = scanOptions({ addresses: addresses(), port: 9, rate: 1000, signal: controller.signal })
    for await (const event of scan(options))
      if (event.type === 'progress' && event.progress.asked > 100) controller.abort()
    expect(drawn).toBeLessThan(2000)
  })
})

describe('an interrupted scan', () => {
  it('keeps the printers it found, and says so', async () => {
    const { port, addresses } = await play([[], []])
    const controller = new AbortController()
    const dead = Array.from({ length: 200 }, (_, i) => `${DEAD}${i + 1}`)
    const options = scanOptions({
      addresses: [...addresses, ...dead],
      port,
      timeout: 60_000,
      signal: controller.signal,
    })
    const read: string[] = []
    for await (const event of scan(options)) {
      if (event.type === 'read') read.push(event.printer.ip)
      if (read.length === 2) controller.abort()
      if (event.type === 'done') expect(event.summary).toMatchObject({ interrupted: true, printers: 2 })
    }
    expect(read.sort()).toEqual(addresses)
  })

  it('ends at once when it was interrupted before it began', async () => {
    const { summary } = await runScan({ addresses: [`${DEAD}1`], port: 9, signal: AbortSignal.abort() })
    expect(summary).toMatchObject({ asked: 0, packets: 0, interrupted: true })
  })

  it('sends nothing more when its reader leaves', async () => {
    const { port, addresses } = await play([[], ['silence']])
    for await (const event of scan(scanOptions({ addresses, port, timeout: 40, retries: 9 }))) {
      if (event.type === 'found') break
    }
    // what was under way when it left
    await new Promise((resolve) => setTimeout(resolve, 20))
    const { received } = (player as Player).stats()
    const { port: other } = player as Player
    // Longer than any of the silent one's retries would have taken.
    await runScan({ addresses: [`${DEAD}1`], port: other, timeout: 60 })
    expect((player as Player).stats().received).toBe(received)
  })

  it('stops at the deadline of one printer', async () => {
    const { port, addresses } = await play([['slow=150', 'max-varbinds=1']])
    const { printers, failed } = await runScan({ addresses, port, deadline: 1, timeout: 2000 })
    expect([
      ...printers.flatMap(({ missing }) => missing),
      ...failed.map(({ code }) => ({ reason: code })),
    ]).toContainEqual(expect.objectContaining({ reason: 'deadline' }))
  })
})

describe('credentials', () => {
  const wrong = [
    ['authentication key', { auth_key: new Secret('another key') }],
    ['privacy key', { priv_key: new Secret('another key') }],
    ['does not know the user', { username: 'stranger' }],
  ] as const

  it.each(wrong)('that are wrong (%s) are told apart from silence', async (text, change) => {
    const { port, addresses } = await play([[]], { users: [known] })
    const { failed, printers } = await runScan({ addresses, port, credentials: [userNamed('known', change)] })
    expect(printers).toEqual([])
    expect(failed).toMatchObject([
      { address: `${NET}1`, code: 'wrong_credentials', message: expect.stringContaining(text) },
    ])
  })

  it('of a level that is not offered are told', async () => {
    const { port, addresses } = await play([[]], { users: [userNamed('known', { security_level: 'noAuthNoPriv' })] })
    const { failed } = await runScan({ addresses, port, credentials: [known] })
    expect(failed).toMatchObject([{ code: 'wrong_credentials', message: expect.stringContaining('security level') }])
  })

  it.each(wrong)('that are wrong (%s) do not stop the next user', async (_, change) => {
    const { port, addresses } = await play([[]], { users: [known] })
    const { printers, failed } = await runScan({ addresses, port, credentials: [userNamed('known', change), known] })
    expect(failed).toEqual([])
    expect(printers).toMatchObject([{ serial: SERIAL, snmp_version: '3', missing: [] }])
  })

  it.each(wrong)('that are wrong (%s) do not stop a community', async (_, change) => {
    const { port, addresses } = await play([[]], { users: [known] })
    const credentials = [userNamed('known', change), ...PUBLIC]
    const { printers, failed } = await runScan({ addresses, port, credentials })
    expect(failed).toEqual([])
    expect(printers).toMatchObject([{ serial: SERIAL, snmp_version: '2c' }])
  })

  it('are taken in the order in which they are given', async () => {
    const { port, addresses } = await play([[]], { users: [known] })
    const first = await runScan({ addresses, port, credentials: [known, ...PUBLIC] })
    expect(first.printers).toMatchObject([{ snmp_version: '3' }])
    const second = await runScan({ addresses, port, credentials: [...PUBLIC, known] })
    expect(second.printers).toMatchObject([{ snmp_version: '2c' }])
  })

  it('for users do not keep a device from being read that has no SNMPv3', async () => {
    const { port, addresses } = await play([['v2c-only'], ['v1-only']])
    const { printers } = await runScan({ addresses, port, credentials: [known, ...PUBLIC], timeout: 100 })
    expect(printers.map(({ ip, snmp_version }) => [ip, snmp_version]).sort()).toEqual([
      [`${NET}1`, '2c'],
      [`${NET}2`, '1'],
    ])
  })

  it('with several communities find the one that is right', async () => {
    const { port, addresses } = await play([[]], { community: 'third' })
    const credentials = [community('first'), community('second'), community('third')]
    const { printers, failed } = await runScan({ addresses, port, credentials })
    expect(failed).toEqual([])
    expect(printers).toMatchObject([{ serial: SERIAL }])
  })

  it('stand in no event', async () => {
    const { port, addresses } = await play([[]], { users: [known] })
    const bad = userNamed('known', { auth_key: new Secret('another key') })
    const { events } = await runScan({ addresses, port, credentials: [bad, community('hidden word'), ...PUBLIC] })
    expect(JSON.stringify(events)).not.toMatch(/another key|hidden word|privacy of it/)
  })
})
