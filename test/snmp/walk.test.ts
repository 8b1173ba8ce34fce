import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Credential } from '../../src/core/model/credential.ts'
import { Secret } from '../../src/core/model/secret.ts'
import { plannedColumns } from '../../src/core/printer/plan.ts'
import { isWithin } from '../../src/core/snmp/oid.ts'
import { openSession } from '../../src/core/snmp/open-session.ts'
import { parseFault } from '../../src/core/snmp/player/faults.ts'
import { type Player, startPlayer } from '../../src/core/snmp/player/player.ts'
import type { Recording } from '../../src/core/snmp/recording.ts'
import type { SnmpValue } from '../../src/core/snmp/value.ts'
import { Walker } from '../../src/core/snmp/walk.ts'
import { Wire } from '../../src/core/snmp/wire.ts'
import { readFixture } from '../recordings/printer-fixture.ts'

const ADDRESS = '127.78.2.1'
const SYS_UP_TIME = '1.3.6.1.2.1.1.3.0'
const TRAY_LEVELS = '1.3.6.1.2.1.43.8.2.1.10'
const recording = readFixture('printers', 'multifunction-finisher')
const columns = plannedColumns()
/** Every object below the planned columns, but for the running clock. */
const wanted = recording.oids.filter((oid) => oid !== SYS_UP_TIME && columns.some((each) => isWithin(oid, each.oid)))

let wire: Wire
let player: Player | undefined

beforeEach(() => {
  wire = new Wire()
})
afterEach(async () => {
  await wire.close()
  await player?.close()
})

async function startWalker(
  faults: readonly string[],
  options: { version?: '1' | '2c'; timeout?: number; seed?: number; signal?: AbortSignal; played?: Recording } = {},
): Promise<{ walker: Walker; read: Map<string, SnmpValue> }> {
  const devices = [{ address: ADDRESS, recording: options.played ?? recording, faults: faults.map(parseFault) }]
  player = await startPlayer({ devices, port: 0, ...(options.seed && { seed: options.seed }) })
  const credential: Credential = { name: 'x', version: options.version ?? '2c', community: new Secret('public') }
  const session = openSession(credential, {
    wire,
    address: ADDRESS,
    port: player.port,
    timeout: options.timeout ?? 1000,
    retries: 2,
    ...(options.signal && { signal: options.signal }),
  })
  const read = new Map<string, SnmpValue>()
  return { walker: new Walker(session, (oid, value) => read.set(oid, value)), read }
}

function expectAll(read: ReadonlyMap<string, SnmpValue>): void {
  expect(wanted.filter((oid) => !read.has(oid))).toEqual([])
  for (const oid of wanted) expect(bare(read.get(oid))).toEqual(bare(recording.values.get(oid)))
}

/** Octets as hex: what is a Buffer here is a Uint8Array there. */
function bare(value: SnmpValue | undefined): unknown {
  return value?.type === 'octets' ? Buffer.from(value.value).toString('hex') : value
}

describe('columns', () => {
  it('are read whole, many objects at a time', async () => {
    const { walker, read } = await startWalker([])
    await walker.columns(columns)
    expectAll(read)
    expect(walker.gaps).toEqual([])
    // far fewer questions than objects
    expect(wire.sent).toBeLessThan(wanted.length / 5)
  })

  it.each([
    ['no-bulk=generr', {}],
    ['no-bulk', { timeout: 60 }],
    ['max-varbinds=1', {}],
    ['max-varbinds=7', {}],
    ['max-size=484', {}],
    ['v1-only', { version: '1' }],
    ['no-combined-get', { version: '1' }],
    ['duplicate', {}],
    ['latency=20', {}],
    ['slow=5', {}],
    ['jitter=30', {}],
  ] as const)('are read whole in spite of %s', { timeout: 20_000 }, async (fault, options) => {
    const { walker, read } = await startWalker([fault], options)
    await walker.columns(columns)
    expectAll(read)
    expect(walker.gaps).toEqual([])
  })

  it.each([
    ['loss=10', 60],
    ['truncate=20', 1000],
    ['garbage=20', 1000],
    ['wrong-id=10', 60],
    ['wrong-sender=10', 60],
  ])('with %s: what does not come is noted, nothing else is missing', { timeout: 20_000 }, async (fault, timeout) => {
    const { walker, read } = await startWalker([fault], { timeout, seed: 11 })
    await walker.columns(columns)
    const gaps = walker.gaps.map(({ oid }) => oid)
    const missing = wanted.filter((oid) => !read.has(oid))
    expect(missing.filter((oid) => !gaps.some((gap) => isWithin(oid, gap)))).toEqual([])
    expect(read.size).toBeGreaterThan(wanted.length * 0.9)
    for (const [oid, value] of read)
      if (oid !== SYS_UP_TIME) expect(bare(value)).toEqual(bare(recording.values.get(oid)))
  })

  it.each(['backwards=10', 'circle=10', 'backwards=2', 'circle=2', 'backwards=37'])(
    'that run in a circle end and are noted: %s',
    async (fault) => {
      const { walker, read } = await startWalker([fault])
      await walker.columns(columns)
      expect(walker.gaps.length).toBeGreaterThan(0)
      expect(new Set(walker.gaps.map(({ reason }) => reason))).toEqual(new Set(['loop']))
      const gaps = walker.gaps.map(({ oid }) => oid)
      const missing = wanted.filter((oid) => !read.has(oid))
      expect(missing.filter((oid) => !gaps.some((gap) => isWithin(oid, gap)))).toEqual([])
    },
  )

  it.each([
    ['silence', 20, 'timeout'],
    ['truncate', 1000, 'bad_answer'],
    ['garbage', 1000, 'bad_answer'],
  ])('end when nothing usable comes: %s', async (fault, timeout, reason) => {
    const { walker, read } = await startWalker([fault], { timeout })
    await walker.columns(columns)
    expect(read.size).toBe(0)
    expect(walker.gaps.map(({ oid }) => oid).sort()).toEqual(columns.map(({ oid }) => oid).sort())
    expect(new Set(walker.gaps.map((gap) => gap.reason))).toEqual(new Set([reason]))
  })

  it('stop at the number of rows that is wanted', async () => {
    const { walker, read } = await startWalker([])
    await walker.columns([{ oid: TRAY_LEVELS, maxRows: 2 }])
    expect([...read.keys()]).toEqual([`${TRAY_LEVELS}.1.1`, `${TRAY_LEVELS}.1.2`])
    expect(walker.gaps).toEqual([])
  })

  it('of a device without end are cut, and that is noted', async () => {
    const row = { type: 'octets', value: Buffer.alloc(60_000, 0x61) } as const
    const rows = Array.from({ length: 400 }, (_, i): [string, SnmpValue] => [`${TRAY_LEVELS}.1.${i + 1}`, row])
    const endless: Recording = { name: 'endless', values: new Map(rows), oids: rows.map(([oid]) => oid), skipped: 0 }
    const { walker, read } = await startWalker(['max-size=65507'], { played: endless })
    await walker.columns([{ oid: TRAY_LEVELS, maxRows: 100_000 }])
    expect(walker.gaps).toEqual([{ oid: TRAY_LEVELS, reason: 'too_many_rows' }])
    // 16 MiB of 60,000 bytes each
    expect(read.size).toBe(Math.ceil((16 * 1024 * 1024) / 60_000))
  })

  it('of a table with too many rows end after 2,000', async () => {
    const rows = Array.from({ length: 2500 }, (_, i): [string, SnmpValue] => [
      `${TRAY_LEVELS}.1.${i + 1}`,
      { type: 'integer', value: i },
    ])
    const long: Recording = { name: 'long', values: new Map(rows), oids: rows.map(([oid]) => oid), skipped: 0 }
    const { walker, read } = await startWalker([], { played: long })
    await walker.columns([{ oid: TRAY_LEVELS }])
    expect([read.size, walker.gaps]).toEqual([2000, [{ oid: TRAY_LEVELS, reason: 'too_many_rows' }]])
  })

  it('end with an error when told to stop', async () => {
    const controller = new AbortController()
    const { walker } = await startWalker(['silence'], { timeout: 600_000, signal: controller.signal })
    const walked = walker.columns(columns)
    controller.abort()
    await expect(walked).rejects.toMatchObject({ code: 'aborted' })
  })

  it('of a device that has fallen silent are given up after two of them', async () => {
    const { walker, read } = await startWalker(['silence'], { timeout: 20 })
    await walker.columns(columns)
    expect(read.size).toBe(0)
    expect(walker.gaps.map(({ oid }) => oid).sort()).toEqual(columns.map(({ oid }) => oid).sort())
    // less and less is asked for at one time, then two single objects: three tries each
    expect(wire.sent).toBeLessThan(3 * 12)
  })

  it('that are not there are empty', async () => {
    const { walker, read } = await startWalker([])
    await walker.columns([{ oid: '1.3.6.1.4.1.99999.1' }, { oid: '1.3.6.1.2.1.1.99' }])
    expect([read.size, walker.gaps]).toEqual([0, []])
  })
})

describe('scalars', () => {
  const there = ['1.3.6.1.2.1.1.1.0', '1.3.6.1.2.1.1.5.0', '1.3.6.1.2.1.1.6.0']
  const asked = ['1.3.6.1.4.1.99999.1.0', there[0], '1.3.6.1.2.1.1.88.0', there[1], there[2]] as string[]

  it.each([
    ['2c', []],
    ['1', []],
    ['1', ['no-combined-get']],
    ['2c', ['max-varbinds=1']],
    ['1', ['max-varbinds=2']],
    ['2c', ['duplicate', 'jitter=20']],
  ] as const)('of v%s %j that are there come, the others are left out', async (version, faults) => {
    const { walker, read } = await startWalker(faults, { version })
    await walker.scalars(asked)
    expect([...read.keys()].sort()).toEqual(there)
    expect(walker.gaps).toEqual([])
  })

  it('of a silent device are noted', async () => {
    const { walker, read } = await startWalker(['silence'], { timeout: 20 })
    await walker.scalars(asked)
    expect(read.size).toBe(0)
    expect(walker.gaps.map(({ oid }) => oid).sort()).toEqual([...asked].sort())
  })
})
