import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openSqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/core/store/store.ts'
import { startFaultProxy } from '../fault-proxy.ts'
import { makeReading } from '../server/made-up-readings.ts'
import {
  ADMIN,
  at,
  enrolAgent,
  HOUR,
  ingest,
  MINUTE,
  NOW,
  newBatch,
  newRegistration,
  newToken,
  printer,
} from '../store/sample-batches.ts'
import { createFolder, LAUNCHER, linesOf, runCli, startCli } from './run-cli.ts'
import { makeTokenCli, startServerCli } from './start-server.ts'

const KINDS = ['devices', 'metrics', 'agents', 'alerts', 'audit'] as const
const FORMATS = ['ndjson', 'json', 'csv'] as const

type Row = Readonly<Record<string, unknown>>

const folder = mkdtempSync(join(tmpdir(), 'printmaster-export-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A database with some of everything. */
async function makeDatabase(fill: (store: Store) => Promise<unknown>): Promise<string> {
  const database = join(folder, `${randomUUID()}.db`)
  const store = openSqliteStore(database)
  await fill(store)
  await store.close()
  return database
}

const HOSTILE = ['=HYPERLINK("http://x/";"y")', '+1+cmd', '@SUM(A1)', '-2', '\t=1', '\u202egnirts', 'a,"b"\r\nc', '']

async function fillSome(store: Store): Promise<void> {
  const agent_id = await enrolAgent(store, 'site-a')
  const other = await enrolAgent(store, 'site-b')
  const { token_id } = await store.createToken(newToken({ site_id: 'elsewhere' }), ADMIN, NOW)
  await store.registerAgent(newRegistration(token_id, { request: { agent_id: 'far', name: '=1+1' } }), ADMIN, NOW)
  const serials = ['S1', 'S2', 'S3']
  const items = serials.flatMap((serial) =>
    [0, 1, 2, 3].map((i) =>
      printer(serial, {
        page_count: i === 2 ? null : 100 + i,
        sampled_at: at(NOW - (4 - i) * HOUR),
        supplies: [{ index: 1, kind: 'toner', color: 'black', name: '=cmd', level: { state: 'some' } }],
        '10': 'a key that looks like a number',
        told_by_newer_agents: { b: [1, { y: null, x: '\u202e' }], a: 1e21 },
      }),
    ),
  )
  await ingest(store, newBatch(agent_id, 'metrics', items))
  await ingest(store, newBatch(other, 'metrics', [printer('S2', { page_count: 7, sampled_at: at(NOW - 90 * MINUTE) })]))
  await ingest(store, newBatch('far', 'metrics', [printer('S9', { sampled_at: at(NOW - 5 * MINUTE) })]))
  const hostile = HOSTILE.map((location, i) => ({ manufacturer: 'HP', serial: `H${i}`, location, sampled_at: at(NOW) }))
  await ingest(store, newBatch(agent_id, 'devices', hostile))
  // two that turn out to be one
  const mac_address = '00-1B-A9-01-02-03'
  await ingest(store, newBatch(agent_id, 'metrics', [{ ...printer('', { mac_address }), serial: null }]))
  await ingest(store, newBatch(agent_id, 'metrics', [printer('S1', { mac_address, sampled_at: at(NOW) })]))
  const devices = (await store.listDevices({ limit: 100, sort: 'serial' })).items.filter(({ serial }) =>
    serial?.startsWith('S'),
  )
  for (const [i, { device_id, agent_id: reader }] of devices.entries()) {
    const change = {
      kind: 'supply_low' as const,
      severity: 'warning' as const,
      agent_id: reader,
      device_id,
      subject: 'black toner',
      message: '=2+3',
      details: { percent: 5 },
      at: NOW - i * HOUR,
    }
    await store.recordAlerts([{ ...change, change: 'open' }], [], NOW)
    if (i === 1) await store.recordAlerts([{ ...change, change: 'close', at: NOW + 1 }], [], NOW + 1)
  }
}

async function readDevice(database: string, serial: string) {
  const store = openSqliteStore(database, { readonly: true })
  const [device] = (await store.listDevices({ limit: 1, serial })).items
  const detail = await store.findDevice(device?.device_id as string)
  await store.close()
  if (detail === null) throw new Error(`no ${serial}`)
  return detail
}

async function startServer(database: string) {
  const server = await startServerCli(['--database', database])
  const token = (scope: string) => makeTokenCli(database, '--scope', scope)
  return {
    ...server,
    port: Number(new URL(server.url).port),
    admin: await token('admin'),
    viewer: await token('viewer'),
  }
}

const parse = (stdout: string): Row[] => linesOf(stdout).map((line) => JSON.parse(line))

describe('some of everything', () => {
  let database: string
  beforeAll(async () => {
    database = await makeDatabase(fillSome)
  })
  const exportLocal = (...args: string[]) => runCli(['export', ...args, '--database', database])

  test('a server elsewhere gives the same bytes as the database', async () => {
    const { url, admin } = await startServer(database)
    const until = at(Date.now())
    const { device_id } = await readDevice(database, 'S1')
    const filters: Record<(typeof KINDS)[number], string[][]> = {
      devices: [
        [],
        ['--agent', 'site-a'],
        ['--site', 'elsewhere'],
        ['--device', device_id],
        ['--from', at(NOW - HOUR), '--limit', '3'],
      ],
      metrics: [
        [],
        ['--resolution', 'hour'],
        ['--resolution', 'day', '--agent', 'site-a'],
        ['--agent', 'site-b'],
        ['--device', device_id],
      ],
      agents: [[], ['--agent', 'far'], ['--site', 'elsewhere']],
      alerts: [[], ['--agent', 'site-a'], ['--from', at(NOW - HOUR), '--to', at(NOW)]],
      audit: [
        ['--to', until],
        ['--to', until, '--device', device_id],
        ['--to', until, '--agent', 'far', '--limit', '1'],
      ],
    }
    for (const kind of KINDS) {
      for (const [i, filter] of filters[kind].entries()) {
        for (const format of i === 0 ? FORMATS : (['ndjson'] as const)) {
          const args = [kind, ...filter, '--format', format]
          const [local, remote] = await Promise.all([
            exportLocal(...args),
            runCli(['export', ...args, '--server', url], { env: { PRINTMASTER_TOKEN: admin } }),
          ])
          expect([args, remote.code, remote.stderr]).toEqual([args, 0, ''])
          expect([args, local.code, local.stderr]).toEqual([args, 0, ''])
          expect(remote.stdout, args.join(' ')).toBe(local.stdout)
          expect(linesOf(local.stdout).length, args.join(' ')).toBeGreaterThan(0)
        }
      }
    }
  }, 240_000)

  test('JSON is one array, NDJSON one object a line, with the same rows; keys have an order of their own', async () => {
    for (const kind of ['devices', 'metrics'] as const) {
      const [lines, array] = await Promise.all([exportLocal(kind), exportLocal(kind, '--json')])
      expect(JSON.parse(array.stdout)).toEqual(parse(lines.stdout))
      expect(array.stdout).toMatch(/^\[\n\{.*\}\n\]\n$/s)
      expect(lines.stdout).not.toMatch(/\u202e/)
    }
    const [first] = parse((await exportLocal('metrics')).stdout)
    expect(
      Object.keys(first as Row)
        .filter((key) => key !== '10')
        .slice(0, 4),
    ).toEqual(['reading_id', 'device_id', 'agent_id', 'sampled_at'])
    const told = parse((await exportLocal('metrics')).stdout).find((row) => row.told_by_newer_agents !== undefined)
    expect(told?.told_by_newer_agents).toEqual({ b: [1, { y: null, x: '\u202e' }], a: 1e21 })
  })

  test('what there is not: an empty list in each format', async () => {
    const none = ['alerts', '--from', '2001-01-01', '--to', '2001-01-02']
    const outcomes = await Promise.all(FORMATS.map((format) => exportLocal(...none, '--format', format)))
    expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual(FORMATS.map(() => [0, '']))
    const [ndjson, json, csv] = outcomes.map(({ stdout }) => stdout) as [string, string, string]
    expect(ndjson).toBe('')
    expect(json).toBe('[]\n')
    expect(csv).toMatch(/^alert_id,site_id,[a-z_,]+\r\n$/)
  })

  test('CSV: fixed columns, no formula, null and the empty text apart', async () => {
    const [devices, metrics] = await Promise.all([
      exportLocal('devices', '--format', 'csv'),
      exportLocal('metrics', '--format', 'csv', '--agent', 'site-a'),
    ])
    const rows = readCsv(devices.stdout)
    const heads = rows.shift() as (string | null)[]
    const cell = (row: readonly (string | null)[], name: string) => row[heads.indexOf(name)]
    const found = HOSTILE.map((_, i) => cell(rows.find((row) => cell(row, 'serial') === `H${i}`) ?? [], 'location'))
    expect(found.slice(0, 7)).toEqual([
      `'=HYPERLINK("http://x/";"y")`,
      "'+1+cmd",
      "'@SUM(A1)",
      "'-2",
      "'=1",
      'gnirts',
      'a,"b" c',
    ])
    for (const row of rows) {
      expect(row).toHaveLength(heads.length)
      for (const each of row) expect(each ?? '').not.toMatch(/^[=+@\t\r]|^-\D|\p{Cc}/u)
    }
    // somebody told an empty location, and nobody told one
    expect(found[7]).toBe('')
    expect(cell(rows.find((row) => cell(row, 'serial') === 'S3') ?? [], 'location')).toBe(null)
    const readings = readCsv(metrics.stdout)
    const names = readings.shift() as string[]
    const counts = readings.map((row) => row[names.indexOf('page_count')])
    expect(counts).toContain(null)
    expect(counts).toContain('100')
    const supplies = readings.map((row) => row[names.indexOf('supplies')]).find((text) => text)
    expect(JSON.parse(supplies as string)).toMatchObject([{ name: '=cmd', level: { state: 'some' } }])
  })

  test('each filter leaves what it should', async () => {
    const ids = async (...args: string[]) => parse((await exportLocal(...args)).stdout)
    const merged = await readDevice(database, 'S1')
    expect(merged.merged).toHaveLength(1)
    // by the id of before the merge as well, each reading once
    for (const id of [merged.device_id, merged.merged[0] as string]) {
      const rows = await ids('metrics', '--device', id)
      expect(new Set(rows.map((row) => row.reading_id)).size).toBe(6)
      expect(rows).toHaveLength(6)
      expect(rows.every((row) => row.device_id === merged.device_id)).toBe(true)
    }
    expect(await ids('metrics', '--device', merged.device_id, '--device', merged.merged[0] as string)).toHaveLength(6)
    expect((await ids('devices', '--device', merged.merged[0] as string)).map((row) => row.serial)).toEqual(['S1'])
    expect((await ids('devices', '--site', 'elsewhere')).map((row) => row.serial)).toEqual(['S9'])
    expect((await ids('metrics', '--agent', 'site-b')).map((row) => row.of_other_agent)).toEqual([true])
    expect((await ids('agents', '--site', 'elsewhere')).map((row) => row.agent_id)).toEqual(['far'])
    const window = ['--from', at(NOW - 2 * HOUR), '--to', at(NOW - HOUR)]
    expect(new Set((await ids('metrics', ...window, '--agent', 'site-a')).map((row) => row.sampled_at))).toEqual(
      new Set([at(NOW - 2 * HOUR)]),
    )
    expect((await ids('alerts', '--device', merged.device_id)).map((row) => row.device_id)).toEqual([merged.device_id])
    expect(await ids('metrics', '--from', '-1h')).toEqual([])
    expect(await ids('metrics', '--limit', '2')).toHaveLength(2)
    const whole = await ids('metrics', '--from', '2026-01-15', '--to', '2026-01-15')
    expect(whole).toHaveLength((await ids('metrics')).length)
  })

  test('the audit log is newest first, and who takes it along is in it', async () => {
    await exportLocal('audit', '--limit', '1')
    const rows = parse((await exportLocal('audit')).stdout)
    const seqs = rows.map((row) => row.seq as number)
    expect(seqs).toEqual(seqs.toSorted((a, b) => b - a))
    expect(rows.slice(0, 2).map((row) => [row.action, row.actor_type])).toEqual([
      ['audit_viewed', 'local'],
      ['audit_viewed', 'local'],
    ])
  })

  test('wrong flags: one line, exit 2, nothing on stdout', async () => {
    const cases: [args: string[], problem: string][] = [
      [[], 'name a KIND'],
      [['printers'], 'Expected printers to be one of: devices, metrics, agents, alerts, audit'],
      [['devices', '--format', 'xml'], "--format: 'xml' is not one of ndjson, json, csv"],
      [['devices', '--from', 'soon'], "--from: 'soon' is no time"],
      [['devices', '--to', '-999y'], "--to: '-999y' lies more than a hundred years back"],
      [['devices', '--from', '2026-02-01', '--to', '2026-01-01'], 'lies before --from'],
      [['devices', '--limit', '0'], '--limit'],
      [['devices', '--device', ''], '--device: the value is empty'],
      [['agents', '--device', 'x'], '--device does not go with agents'],
      [['alerts', '--resolution', 'day'], '--resolution goes with metrics only'],
      [['devices', '--agent', 'a b'], "--agent 'a b'"],
      [['devices', '--site', 'a,b'], "--site 'a,b' is no id"],
      [['metrics', ...Array.from({ length: 41 }, (_, i) => ['--device', `d${i}`]).flat()], 'more than 40'],
      [['devices', '--database', 'x', '--server', 'http://127.0.0.1'], 'exclude each other'],
      [['devices', '--token-file', 'x'], '--token-file needs --server'],
      [['devices', '--server', 'http://127.0.0.1:1'], '--server wants a viewer token'],
      [['audit', '--server', 'http://127.0.0.1:1'], '--server wants an admin token'],
      [['devices', '--database', '/no/such.db'], "there is no database '/no/such.db'"],
    ]
    for (const [args, problem] of cases) {
      const { code, stdout, stderr } = await runCli(['export', ...args])
      expect([args, code, stdout]).toEqual([args, 2, ''])
      expect(linesOf(stderr)).toEqual([expect.stringContaining(problem)])
    }
  }, 120_000)

  test('a device or an agent that is not there is told, here and at a server; a refused token too', async () => {
    const { url, viewer } = await startServer(database)
    const remote = (...args: string[]) =>
      runCli(['export', ...args, '--server', url], { env: { PRINTMASTER_TOKEN: viewer } })
    for (const ask of [exportLocal, remote]) {
      for (const [flag, id, what] of [
        ['--device', 'no-such', 'device'],
        ['--agent', 'nobody', 'agent'],
      ] as const) {
        const { code, stdout, stderr } = await ask('metrics', flag, id)
        expect([code, stdout]).toEqual([1, ''])
        expect(linesOf(stderr)).toEqual([`printmaster: there is no ${what} '${id}'`])
      }
    }
    const audit = await remote('audit')
    expect([audit.code, audit.stdout]).toEqual([1, ''])
    expect(linesOf(audit.stderr)).toEqual([expect.stringMatching(/^printmaster: http:\S+: .+ \(scope_insufficient\)$/)])
    const stranger = await runCli(['export', 'devices', '--json', '--server', url], {
      env: { PRINTMASTER_TOKEN: `pm_viewer_${'x'.repeat(43)}` },
    })
    expect([stranger.code, stranger.stdout]).toEqual([1, ''])
    expect(linesOf(stranger.stderr)).toEqual([expect.stringContaining('(token_unknown)')])
    expect(stranger.stderr).not.toContain('xxxx')
  })
})

describe('a great deal', () => {
  const FEW = 20_000
  const MANY = 200_000
  let few: string
  let many: string
  beforeAll(async () => {
    few = await makeDatabase((store) => fillReadings(store, FEW))
    many = await makeDatabase((store) => fillReadings(store, MANY))
  }, 240_000)

  test.each([
    ['ndjson', MANY],
    ['json', 60_000],
    ['csv', 60_000],
  ] as const)(
    'memory stays flat: %s, %i rows',
    async (format, count) => {
      const args = ['--limit', String(count), '--database']
      const small = await measure(format, [...args, few])
      const large = await measure(format, [...args, many])
      expect([small.rows, large.rows]).toEqual([FEW, count])
      expect(large.peak / small.peak).toBeLessThan(1.6)
    },
    120_000,
  )

  test('a reader that has seen enough ends it without a word', async () => {
    const command = `"$NODE" "$LAUNCHER" export metrics --database "$DATABASE" | head -1; echo "\${PIPESTATUS[0]}"`
    const env = { PATH: process.env.PATH, NODE: process.execPath, LAUNCHER, DATABASE: many }
    const shell = spawn('bash', ['-c', command], { env, cwd: createFolder(), stdio: ['ignore', 'pipe', 'pipe'] })
    onTestFinished(() => void shell.kill('SIGKILL'))
    const [text, complaint] = [shell.stdout, shell.stderr].map((stream) => stream.toArray())
    const [first, code] = linesOf(Buffer.concat((await text) as Buffer[]).toString())
    expect(JSON.parse(first as string)).toHaveProperty('reading_id')
    expect([code, Buffer.concat((await complaint) as Buffer[]).toString()]).toEqual(['0', ''])
  })

  test.each(FORMATS)('SIGINT ends it with 130 and a whole last row: %s', async (format) => {
    const cli = startCli(['export', 'metrics', '--format', format, '--database', many])
    await once(cli.process.stdout, 'data')
    cli.process.kill('SIGINT')
    const { code, stdout, stderr } = await cli.end()
    expect(code).toBe(130)
    expect(linesOf(stderr)).toEqual([
      expect.stringMatching(/^printmaster: interrupted; [\d,]+ metrics were written, and they are not all$/),
    ])
    const told = Number(/([\d,]+) metrics/.exec(stderr)?.[1]?.replaceAll(',', ''))
    expect(told).toBeLessThan(MANY)
    expect(readPart(stdout, format)).toHaveLength(told)
  })

  test.each(FORMATS)(
    'a server that goes away in the middle is a failure, and nothing looks whole: %s',
    async (format) => {
      const server = await startServer(many)
      const proxy = await startFaultProxy(server.port)
      onTestFinished(() => proxy.close())
      const file = join(createFolder(), 'viewer.token')
      writeFileSync(file, server.viewer, { mode: 0o600 })
      const cli = startCli(['export', 'metrics', '--format', format, '--server', proxy.url, '--token-file', file])
      await once(cli.process.stdout, 'data')
      proxy.set({ refuse: true })
      const { code, stdout, stderr } = await cli.end()
      expect(code).toBe(1)
      expect(linesOf(stderr)).toEqual([
        expect.stringMatching(/^printmaster: [\d,]+ metrics were written, and they are not all$/),
        expect.stringMatching(/^printmaster: cannot reach http:\/\/127\.0\.0\.1:\d+: /),
      ])
      const told = Number(/([\d,]+) metrics/.exec(stderr)?.[1]?.replaceAll(',', ''))
      expect(readPart(stdout, format)).toHaveLength(told)
    },
  )

  test('a line that breaks now and then, and a server with limits, lose nothing and repeat nothing', async () => {
    const server = await startServer(few)
    const proxy = await startFaultProxy(server.port, 18)
    onTestFinished(() => proxy.close())
    const cli = startCli(['export', 'metrics', '--server', proxy.url], { env: { PRINTMASTER_TOKEN: server.viewer } })
    await once(cli.process.stdout, 'data')
    proxy.set({ cut_down: 0.1, drop_answer: 0.1 })
    const { code, stdout, stderr } = await cli.end()
    expect([code, stderr]).toEqual([0, ''])
    expect(linesOf(stdout)).toHaveLength(FEW)
    expect(new Set(parse(stdout).map((row) => row.reading_id)).size).toBe(FEW)
    expect(proxy.counts.cut_down + proxy.counts.drop_answer).toBeGreaterThan(0)
  }, 120_000)
})

/** Twenty printers with so many readings of the usual size. */
async function fillReadings(store: Store, count: number): Promise<void> {
  const agent_id = await enrolAgent(store)
  for (let from = 0; from < count; from += 5000) {
    const items = Array.from({ length: 5000 }, (_, i) => makeReading((from + i) % 20, Math.floor((from + i) / 20)))
    await ingest(store, newBatch(agent_id, 'metrics', items))
  }
}

/** Runs the program with its rows counted and thrown away. Gives its greatest resident memory in kilobytes. */
async function measure(
  format: (typeof FORMATS)[number],
  args: readonly string[],
): Promise<{ rows: number; peak: number }> {
  const told = 'process.on("exit",()=>console.error("peak="+process.resourceUsage().maxRSS))'
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${told}`, LAUNCHER, 'export', 'metrics', '--format', format, ...args],
    {
      env: { PATH: process.env.PATH },
      cwd: createFolder(),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  const complaint = child.stderr.toArray()
  let rows = 0
  for await (const chunk of child.stdout)
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) rows += 1
  const peak = Number(/peak=(\d+)/.exec(Buffer.concat((await complaint) as Buffer[]).toString())?.[1])
  return { rows: rows - { ndjson: 0, json: 2, csv: 1 }[format], peak }
}

/** The rows of an output that broke off behind a whole one. */
function readPart(stdout: string, format: (typeof FORMATS)[number]): unknown[] {
  if (format === 'csv') {
    expect(stdout).toMatch(/\r\n$/)
    const [heads, ...rows] = readCsv(stdout)
    for (const row of rows) expect(row).toHaveLength(heads?.length as number)
    return rows
  }
  expect(stdout).toMatch(/\}\n$/)
  if (format === 'ndjson') return parse(stdout)
  expect(() => JSON.parse(stdout)).toThrow()
  return JSON.parse(`${stdout}]`)
}

/** RFC 4180; null for a cell that is nothing at all. */
function readCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = []
  let row: (string | null)[] = []
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted !== undefined ? quoted.replaceAll('""', '"') : plain === '' ? null : (plain as string))
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}
