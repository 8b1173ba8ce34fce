import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { Check } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type RetentionPlan,
  RetentionPlanSchema,
  type RetentionState,
  RetentionStateSchema,
  type RunState,
  RunStateSchema,
} from '../../src/core/protocol/retention.ts'
import { openSqliteStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import { ageFleet } from '../retention/aged-fleet.ts'
import { DAY } from '../store/sample-batches.ts'
import { linesOf, type Outcome, runCli, startCli } from './run-cli.ts'
import { makeTokenCli, startServerCli } from './start-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'printmaster-retention-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const database = join(folder, 'printmaster.db')
const archive = join(folder, 'archive')
const DAYS = 60
const midnight = Math.floor(Date.now() / DAY) * DAY
const dayAt = (days: number) => new Date(midnight - days * DAY).toISOString().slice(0, 10)

const here = (...args: string[]) => runCli([...args, '--database', database])
function json(outcome: Outcome): unknown {
  expect(outcome).toMatchObject({ code: 0 })
  return JSON.parse(outcome.stdout)
}
const SPAN = ['--from', dayAt(55), '--to', dayAt(35)]
const report = (...args: string[]) => here('report', 'pages', ...SPAN, ...args)

beforeAll(async () => {
  const store = openSqliteStore(database)
  await ageFleet(store, database, 3, DAYS, midnight)
  await store.close()
}, 60_000)

// in order: each goes on with what the one before left
describe('retention of the database of this machine', () => {
  let before = ''

  test('show and plan say what there is and what would leave', async () => {
    before = (await report('--json')).stdout
    expect(JSON.parse(before).rows).toHaveLength(3)
    const state = json(await here('retention', 'show', '--json')) as RetentionState
    expect(Check(RetentionStateSchema, state)).toBe(true)
    expect(state.waiting).toBe(3 * DAYS * 24 + 3)
    const plan = json(await here('retention', 'plan', '--json'))
    expect(Check(RetentionPlanSchema, plan)).toBe(true)
    expect(plan).toMatchObject({ roll_up: 3 * DAYS * 24 + 3, archived: 3 * (DAYS - 30) * 24 + 3, at_least: false })
    const { batches_before: _, ...same } = plan as RetentionPlan
    expect(state).toMatchObject({ plan: same, last_run: null })
    const table = await here('retention', 'show')
    expect(table.stdout).toContain('page_counts')
    expect(table.stdout).toMatch(
      /^Next run:\n {2}4,323 readings to be brought into days, .*\n.* 2,163 rows to be deleted$/m,
    )
    expect(Math.max(...linesOf(table.stdout).map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test('set refuses what makes no sense, and is taken back by --reset', async () => {
    const stray = await runCli(['retention', 'show', '--database', database, 'all'])
    expect(stray).toMatchObject({ code: 2, stdout: '' })
    expect(stray.stderr).toContain("this command takes no argument 'all'")
    const wrong = await here('retention', 'set', 'page_counts', '--detailed', '900')
    expect(wrong).toMatchObject({ code: 2, stdout: '' })
    expect(wrong.stderr).toContain('keep_detailed_days (900) is more than keep_summary_days (365)')
    const two = await here('retention', 'set', 'audit', '--detailed', '30', '--delete-after', '90')
    expect(two).toMatchObject({ code: 2, stdout: '' })
    expect(two.stderr).toContain('takes one number: give delete_after_days alone')
    const set = json(await here('retention', 'set', 'audit', '--delete-after', '1095', '--json'))
    expect(set).toContainEqual(
      expect.objectContaining({ metric_type: 'audit', delete_after_days: 1095, origin: 'set' }),
    )
    const back = json(await here('retention', 'set', 'audit', '--reset', '--json'))
    expect(back).toContainEqual(expect.objectContaining({ metric_type: 'audit', origin: 'config' }))
    expect(await here('retention', 'set', 'audit', '--reset')).toMatchObject({ code: 2 })
  })

  test('set says what is not as somebody may expect', async () => {
    const shorter = await here('retention', 'set', 'supply_levels', '--detailed', '14', '--summary', '90')
    expect(shorter).toMatchObject({ code: 0 })
    expect(shorter.stderr).toContain('readings stay 30 days, not 14')
    expect(shorter.stderr).toContain('days stay 365 days, not 90')
    const longest = await here('retention', 'set', 'supply_levels', '--detailed', '40', '--summary', '365')
    expect(longest).toMatchObject({ code: 0, stderr: '' })
    expect(await here('retention', 'set', 'supply_levels', '--reset')).toMatchObject({ code: 0, stderr: '' })
    const nowhere = await here('retention', 'set', 'alerts', '--delete-after', '90', '--site', 'nowhere')
    expect(nowhere).toMatchObject({ code: 0 })
    expect(nowhere.stderr).toContain('no agent and no device is of site nowhere yet')
    expect(await here('retention', 'set', 'alerts', '--site', 'nowhere', '--reset')).toMatchObject({ code: 0 })
    const known = await here('retention', 'set', 'alerts', '--delete-after', '90', '--site', 'default')
    expect(known).toMatchObject({ code: 0, stderr: '' })
    expect(await here('retention', 'set', 'alerts', '--site', 'default', '--reset')).toMatchObject({ code: 0 })
  })

  test('run archives and deletes once; the report says the same before and after', async () => {
    const run = json(await here('retention', 'run', '--json')) as { archived: number; deleted: number }
    expect(Check(RunStateSchema, run)).toBe(true)
    // more than thirty whole days back, and the one before the first
    expect(run.archived).toBe(3 * (DAYS - 30) * 24 + 3)
    expect(run).toMatchObject({ rolled_up: 3 * DAYS * 24 + 3, deleted: run.archived, running: false, error: null })
    expect(run).toMatchObject({ interrupted: false })
    const state = json(await here('retention', 'show', '--json'))
    expect(state).toMatchObject({
      plan: { archived: 0, deleted: 0 },
      last_run: { actor_type: 'local', outcome: 'success', error: null, deleted: run.deleted },
    })
    expect((await here('retention', 'show')).stdout).toMatch(/^Last run \(.* UTC, by local .*\):\n {2}4,323 readings /m)
    expect(json(await here('retention', 'run', '--json'))).toMatchObject({ archived: 0, deleted: 0 })
    expect((await report('--json')).stdout).toBe(before)
    const csv = linesOf((await report('--format', 'csv')).stdout)
    expect(csv).toHaveLength(4)
  })

  test('archive --verify reads every file; restore brings a span back, and the report stays', async () => {
    expect(json(await here('retention', 'archive', '--verify', '--json'))).toEqual([
      expect.objectContaining({ source: 'metrics_history', rows: 3 * (DAYS - 30) * 24 + 3, problem: null }),
    ])
    const span = ['--from', dayAt(50), '--to', dayAt(46)]
    const restored = json(await here('retention', 'restore', ...span, '--json'))
    expect(restored).toMatchObject({ restored: 3 * 5 * 24, already_here: 0, archives: 1 })
    expect(json(await here('retention', 'restore', ...span, '--json'))).toMatchObject({ restored: 0 })
    expect((await report('--json')).stdout).toBe(before)
  })

  test('a damaged archive is told, and nothing comes back from it', async () => {
    const names = readdirSync(archive, { recursive: true }) as string[]
    const file = join(archive, names.find((name) => name.endsWith('.ndjson.zst')) as string)
    const good = readFileSync(file)
    const bad = Buffer.from(good)
    bad[bad.length >> 1] = (bad[bad.length >> 1] as number) ^ 1
    writeFileSync(file, bad)
    const verified = await here('retention', 'archive', '--verify')
    expect(verified.code).toBe(1)
    expect(verified.stdout).toContain('DAMAGED')
    const restored = await here('retention', 'restore', '--from', dayAt(44), '--to', dayAt(44))
    expect(restored).toMatchObject({ code: 1, stdout: '' })
    expect(restored.stderr).not.toMatch(/\n\s+at /)
    writeFileSync(file, good)
  })

  test('audit: listed, exported, verified; whoever changes an entry is found', async () => {
    const listed = await here('audit', '--action', 'retention_run', '--format', 'ndjson')
    expect(linesOf(listed.stdout)).toHaveLength(1)
    const output = join(folder, 'audit.ndjson')
    expect(await here('audit', 'export', '--output', output)).toMatchObject({ code: 0 })
    expect(await here('audit', 'export', '--output', output)).toMatchObject({ code: 1 })
    const head = ['--head', `${output}.head.json`]
    expect(await here('audit', 'verify', ...head)).toMatchObject({ code: 0 })
    const db = new Database(database)
    const [seq, body] = db.prepare("SELECT seq, body FROM audit_log WHERE action = 'archive_written'").raw().get() as [
      number,
      string,
    ]
    const change = db.prepare('UPDATE audit_log SET body = ? WHERE seq = ?')
    change.run(body.replace('"success"', '"denied"'), seq)
    const found = await here('audit', 'verify', ...head)
    expect(found.code).toBe(1)
    expect(found.stderr).toContain(String(seq))
    change.run(body, seq)
    db.close()
    expect(await here('audit', 'verify')).toMatchObject({ code: 0 })
  })
})

test('a run that is interrupted says so, and the next one goes on', async () => {
  const file = join(folder, 'interrupted.db')
  const store = openSqliteStore(file)
  await ageFleet(store, file, 20, DAYS, midnight)
  await store.close()
  const running = startCli(['retention', 'run', '--json', '--database', file], { stdin: '' })
  const db = new Database(file, { readonly: true })
  const begun = db.prepare('SELECT count(*) FROM metrics_daily').pluck()
  while (begun.get() === 0) await setTimeout(5)
  db.close()
  running.process.kill('SIGINT')
  const ended = await running.end()
  expect(ended.code).toBe(130)
  expect(ended.stderr).toMatch(/^Interrupted: .*; the next run goes on where this one was$/m)
  const state = JSON.parse(ended.stdout) as RunState
  expect(Check(RunStateSchema, state)).toBe(true)
  expect(state).toMatchObject({ running: false, interrupted: true, error: null })
  expect(state.rolled_up).toBeLessThan(20 * DAYS * 24)
  const show = async () => json(await runCli(['retention', 'show', '--json', '--database', file])) as RetentionState
  expect((await show()).last_run).toMatchObject({ outcome: 'interrupted', rolled_up: state.rolled_up })
  const next = await runCli(['retention', 'run', '--json', '--database', file])
  expect(json(next)).toMatchObject({ interrupted: false, rolled_up: 20 * DAYS * 24 + 20 - state.rolled_up })
  for (const command of ['run', 'archive', 'restore']) {
    expect((await runCli(['retention', command, '--help'])).stdout).toContain('130')
  }
})

test('a run that fails is in the audit log, and shown', async () => {
  const file = join(folder, 'failed.db')
  const store = openSqliteStore(file)
  await ageFleet(store, file, 1, DAYS, midnight)
  await store.close()
  const config = join(folder, 'failed.ini')
  // a file where a directory is wanted
  writeFileSync(config, `[retention]\narchive_directory = ${file}\n`)
  const args = ['--config', config, '--database', file]
  const failed = await runCli(['retention', 'run', ...args])
  expect(failed.code).toBe(1)
  const state = json(await runCli(['retention', 'show', '--json', ...args])) as RetentionState
  expect(state.last_run).toMatchObject({ outcome: 'failure', error: expect.any(String), deleted: 0 })
  expect((await runCli(['retention', 'show', ...args])).stdout).toMatch(/^Last run \(.*ended early \(.*$/m)
})

test('the same of a server, with an admin token', async () => {
  const admin = await makeTokenCli(database, '--scope', 'admin')
  const viewer = await makeTokenCli(database, '--scope', 'viewer')
  const { url } = await startServerCli(['--database', database])
  const there = (token: string, ...args: string[]) =>
    runCli([...args, '--server', url], { env: { PRINTMASTER_TOKEN: token } })

  expect(await there(viewer, 'retention', 'run')).toMatchObject({ code: 1, stdout: '' })
  const state = json(await there(admin, 'retention', 'show', '--json')) as RetentionState
  expect(Check(RetentionStateSchema, state)).toBe(true)
  expect(state).toMatchObject({ archive, run: { running: false } })
  expect(Check(RetentionPlanSchema, json(await there(admin, 'retention', 'plan', '--json')))).toBe(true)
  const policies = json(await there(admin, 'retention', 'set', 'alerts', '--delete-after', '90', '--json'))
  expect(policies).toContainEqual(expect.objectContaining({ metric_type: 'alerts', origin: 'set' }))
  const wrong = await there(admin, 'retention', 'set', 'page_counts', '--detailed', '900')
  expect(wrong).toMatchObject({ code: 2, stdout: '' })
  expect(wrong.stderr).toContain('keep_detailed_days (900)')
  const nowhere = await there(admin, 'retention', 'set', 'alerts', '--delete-after', '30', '--site', 'nowhere')
  expect(nowhere).toMatchObject({ code: 0 })
  expect(nowhere.stderr).toContain('no agent and no device is of site nowhere yet')
  expect(Check(RunStateSchema, json(await there(admin, 'retention', 'run', '--json')))).toBe(true)

  const archives = json(await there(admin, 'retention', 'archive', '--verify', '--json')) as { problem: null }[]
  expect(archives).toContainEqual(expect.objectContaining({ source: 'metrics_history', problem: null }))
  expect((await there(admin, 'retention', 'archive')).stdout).toContain('kept')
  const restore = (...span: string[]) => there(admin, 'retention', 'restore', ...span, '--json')
  const span = ['--from', dayAt(44), '--to', dayAt(43)]
  expect(json(await restore(...span))).toMatchObject({ restored: 3 * 2 * 24, already_here: 0, archives: 1 })
  expect(json(await restore(...span))).toMatchObject({ restored: 0, already_here: 3 * 2 * 24 })
  expect(await restore('--from', dayAt(43), '--to', dayAt(44))).toMatchObject({ code: 2, stdout: '' })
  const post = (body: object) =>
    fetch(`${url}/api/v1/retention/archives/restore`, {
      method: 'POST',
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  for (const body of [
    { from: dayAt(43), to: dayAt(45), keep_seconds: 60 },
    { from: 'noon', to: dayAt(45), keep_seconds: 60 },
    { from: dayAt(45), to: dayAt(43), keep_seconds: 0 },
    { from: dayAt(45) },
  ]) {
    const refused = await post(body)
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ error: { code: 'invalid_body' } })
  }
  expect(await there(viewer, 'retention', 'restore', ...span)).toMatchObject({ code: 1, stdout: '' })
  const entries = linesOf((await there(admin, 'audit', '--action', 'archive_restored', '--format', 'ndjson')).stdout)
  expect(JSON.parse(entries[0] as string)).toMatchObject({ actor_type: 'token' })

  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).toMatch(/^printmaster_retention_ended_timestamp_seconds\{outcome="done"\} \d{10}/m)

  const pages = (await there(viewer, 'report', 'pages', ...SPAN, '--json')).stdout
  expect(pages).toBe((await report('--json')).stdout)
  const set = linesOf((await there(admin, 'audit', '--action', 'retention_policy_set', '--format', 'ndjson')).stdout)
  expect(JSON.parse(set[0] as string)).toMatchObject({ resource_id: 'alerts', actor_type: 'token' })
  expect(await there(viewer, 'audit')).toMatchObject({ code: 1 })
  const output = join(folder, 'remote.ndjson')
  expect(await there(admin, 'audit', 'export', '--output', output)).toMatchObject({ code: 0 })
  expect(await there(admin, 'audit', 'verify', '--head', `${output}.head.json`)).toMatchObject({ code: 0 })
}, 60_000)
