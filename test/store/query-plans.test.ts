import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { DEVICE_SORTS } from '../../src/core/protocol/devices.ts'
import { ANY_SITE, RETIRED_SOURCES, type RetiredKey } from '../../src/core/store/retention.ts'
import { MIGRATIONS, migrate } from '../../src/core/store/sqlite/migrate.ts'
import { composeStore } from '../../src/core/store/sqlite/sqlite-store.ts'
import type { AlertsFilter, AuditFilter, DevicesFilter, Store } from '../../src/core/store/store.ts'
import { PERIOD_PARTS } from '../../src/core/summary/summarise.ts'
import {
  ADMIN,
  at,
  DAY,
  enrolAgent,
  hash,
  ingest,
  MINUTE,
  NOW,
  newBatch,
  newRegistration,
  newToken,
  OFFLINE_AFTER,
  printer,
} from './sample-batches.ts'

/** Tables that grow with the fleet and with time; a walk of one of them without an index is a fault. */
const BIG = [
  'metrics_history',
  'audit_log',
  'changes',
  'batches',
  'agent_health',
  'devices',
  'device_identities',
  'device_agents',
  'device_snapshots',
  'alerts',
  'alert_deliveries',
]

/** Every statement that the store runs, with its plan. */
async function watchPlans() {
  const db = new Database(':memory:')
  migrate(db, ':memory:', MIGRATIONS)
  const plans = new Map<string, string[]>()
  const prepare = db.prepare.bind(db)
  const explain = (sql: string) => {
    if (!/^\s*(SELECT|WITH|UPDATE|DELETE|INSERT)/i.test(sql)) return
    const names = [...sql.matchAll(/@(\w+)/g)].map((match) => [match[1], 1])
    const unnamed = Array(sql.replace(/@\w+/g, '').split('?').length - 1).fill(1)
    const bound = names.length > 0 ? [Object.fromEntries(names)] : unnamed
    const rows = prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...bound) as { detail: string }[]
    plans.set(
      sql,
      rows.map((row) => row.detail),
    )
  }
  db.prepare = ((sql: string) => {
    explain(sql)
    return prepare(sql)
  }) as typeof db.prepare
  return { store: composeStore(db, ':memory:'), plans }
}

const ALLOWED_SCANS: readonly RegExp[] = [
  // the whole of it is wanted
  /^SELECT count\(\*\) FROM devices WHERE merged_into IS NULL$/,
  /^SELECT seq, event_id, .* FROM audit_log ORDER BY seq LIMIT \?$/,
  /^SELECT count\(\*\) AS rows, min/,
  // asked once by somebody who sets a policy, up to the first that is of that site
  /^SELECT EXISTS \(SELECT 1 FROM devices WHERE site_id = \?\)$/,
  // a part of a text has no index
  /LIKE @search/,
]

function findScans(plans: ReadonlyMap<string, string[]>): string[] {
  const scans: string[] = []
  for (const [sql, details] of plans) {
    if (ALLOWED_SCANS.some((form) => form.test(sql))) continue
    for (const detail of details) {
      const table = /^SCAN (\w+)/.exec(detail)
      if (table === null || !names(table[1] as string, sql)) continue
      // an ordered walk that stops after a page
      if (/USING (COVERING )?INDEX/.test(detail) && /LIMIT/.test(sql)) continue
      if (
        /audit_log/.test(sql) &&
        /ORDER BY seq DESC LIMIT/.test(sql) &&
        !details.some((each) => /TEMP B-TREE/.test(each))
      )
        continue
      scans.push(`${detail}: ${sql}`)
    }
  }
  return scans
}

/** A plan shows the alias of a table. */
const names = (shown: string, sql: string) =>
  BIG.some((table) => table === shown || new RegExp(`${table} ${shown}\\b`).test(sql))

async function useEverything(store: Store): Promise<void> {
  const agent_id = await enrolAgent(store)
  const { token_id } = await store.createToken(newToken(), ADMIN, NOW)
  await store.registerAgent(newRegistration(token_id), ADMIN, NOW)
  await store.revokeToken(token_id, ADMIN, NOW)
  await store.findToken(hash())
  await store.recordHeartbeats([{ agent_id, received_at: NOW, remote_address: null, clock_offset_ms: 1, request: {} }])
  await ingest(store, newBatch(agent_id, 'devices', [printer('S1')]), newBatch(agent_id, 'metrics', [printer('S1')]))
  const [device] = (await store.listDevices({ limit: 1 })).items
  await store.findDevice(device?.device_id as string)
  await store.listDeviceLevels({ limit: 1 })
  for (const resolution of ['raw', 'hour', 'day'] as const) {
    const query = { device_id: device?.device_id as string, resolution, limit: 1 }
    await store.listMetrics(query)
    await store.listMetrics({ ...query, from: NOW - MINUTE, to: NOW })
    await store.listFleetMetrics({ resolution, limit: 1, from: NOW - MINUTE, to: NOW })
    await store.listFleetMetrics({ resolution, limit: 1, site_id: 'default', agent_id, device_ids: ['a'] })
  }
  await store.listAgents({ limit: 1, offlineAfterMs: OFFLINE_AFTER, status: 'active' }, NOW)
  await store.listAgentHealth({ agent_id, limit: 1 })
  await store.count(OFFLINE_AFTER, NOW)
  const before = { [ANY_SITE]: NOW + 1000 * DAY }
  await store.rollUp(100)
  await store.foldMonths(before, 0, 10)
  const epoch = { [ANY_SITE]: 0 }
  for (const part of PERIOD_PARTS) await store.dropPeriodPart(part, epoch, epoch, 10)
  for (const source of RETIRED_SOURCES) {
    const range = { source, before, top: await store.rolledUpTo(), after: null, upto: null }
    await store.readRetired(range, 10)
  }
  for (const source of ['metrics_history', 'alerts', 'commands', 'agent_health'] as const) {
    for (let after: RetiredKey | null = null; ; ) {
      after = (await store.countRetired(source, before, after, 10)).next
      if (after === null) break
    }
  }
  await store.readPeriods({ before: NOW, waiting: true, after: 0, limit: 10 })
  await store.countOthers({ audit: NOW, batches: NOW, restored: NOW })
  await store.knowsSite('default')
  await store.dropRestored(NOW, 10)
  await store.dropBatches(NOW, 10)
  await store.listPages({ from: 0, to: NOW, limit: 10 })
  await store.readRetentionSizes()
  await store.readAuditChain(0, 10)
  await store.tryWrite(NOW)
}

it('no statement walks a big table without an index', async () => {
  const { store, plans } = await watchPlans()
  await useEverything(store)
  const filters: Partial<DevicesFilter>[] = [
    {},
    { site_id: 'default' },
    { agent_id: 'a' },
    { manufacturer: 'HP' },
    { model: 'M404' },
    { serial: 'S1' },
    { mac_address: '001ba9010203' },
    { ip: '10.0.0.1' },
    { status: 'idle' },
    { supply_below: 10 },
    { seen_since: NOW },
  ]
  for (const sort of DEVICE_SORTS.flatMap((each) => [each, `-${each}` as const])) {
    for (const filter of filters) await store.listDevices({ limit: 1, sort, ...filter })
  }
  const audits: Partial<AuditFilter>[] = [
    {},
    { agent_id: 'a' },
    { actor: 'a' },
    { action: 'a' },
    { resource_id: 'a' },
    { resource_type: 'device' },
    { resource_type: 'device', resource_id: 'a' },
    { from: NOW, to: NOW + 1 },
    { agent_id: 'a', from: NOW },
  ]
  for (const filter of audits) await store.listAudit({ limit: 1, ...filter })
  const alerts: Partial<AlertsFilter>[] = [
    {},
    { site_id: 'default' },
    { agent_id: 'a' },
    { device_id: 'a' },
    { kind: 'supply_low' },
    { severity: 'critical' },
    { from: NOW, to: NOW + 1 },
    { closed_since: NOW },
  ]
  for (const state of ['open', 'closed', 'all'] as const) {
    for (const filter of alerts) await store.listAlerts({ limit: 1, state, ...filter })
  }
  expect(plans.size).toBeGreaterThan(100)
  expect(findScans(plans)).toEqual([])
})

it('a list of devices in any order is a walk of an index, without sorting', async () => {
  const { store, plans } = await watchPlans()
  await ingest(
    store,
    newBatch(await enrolAgent(store), 'metrics', [printer('S1'), printer('S2', { sampled_at: at(NOW) })]),
  )
  plans.clear()
  for (const sort of DEVICE_SORTS.flatMap((each) => [each, `-${each}` as const])) {
    const { next_cursor } = await store.listDevices({ limit: 1, sort })
    if (next_cursor !== null) await store.listDevices({ limit: 1, sort, cursor: next_cursor })
  }
  const sorting = [...plans].filter(([, details]) => details.some((detail) => /TEMP B-TREE/.test(detail)))
  expect(sorting.map(([sql]) => sql)).toEqual([])
})

it('the readings of a device come in order from the index, those of merged ones too', async () => {
  const { plans } = await watchPlans()
  const walks = [...plans].filter(([sql]) => sql.includes('RECURSIVE walk')).map(([, details]) => details.join('\n'))
  expect(walks).toHaveLength(2)
  const step =
    'USING COVERING INDEX metrics_history_by_device (device=? AND of_other_agent=? AND sampled_at>? AND sampled_at<?)'
  for (const plan of walks) {
    // the first of each device, and what comes after it
    expect(plan.split(step)).toHaveLength(3)
    expect(plan).toContain('devices_by_merge (merged_into=?)')
    expect(plan).not.toMatch(/TEMP B-TREE/)
  }
})

it('the newest reading of a device is looked up', async () => {
  const { plans } = await watchPlans()
  const [plan] = [...plans].filter(([sql]) => sql.includes('AS at\n')).map(([, details]) => details.join('\n'))
  expect(plan).toContain('metrics_history_by_device (device=? AND of_other_agent=? AND sampled_at<?)')
  expect(plan).toContain('metrics_history_ahead (device=? AND received_at<?)')
})

/** All plans of the statements that a call made the store prepare. */
async function planOf(call: (store: Store) => Promise<unknown>): Promise<string> {
  const { store, plans } = await watchPlans()
  plans.clear()
  await call(store)
  return [...plans.values()].flat().join('\n')
}

it.each([
  [{ agent_id: 'a' }, 'devices_by_agent (agent=?)'],
  [{ manufacturer: 'HP' }, 'devices_by_manufacturer (manufacturer=?)'],
  [{ model: 'M404' }, 'devices_by_model (model=?)'],
  [{ serial: 'S1' }, 'devices_by_serial (serial=?)'],
  [{ mac_address: '001ba9010203' }, 'devices_by_mac_address (mac_address=?)'],
  [{ ip: '10.0.0.1' }, 'devices_by_ip (ip=?)'],
  [{ status: 'idle' }, 'devices_by_status (status=?)'],
  [{ sort: 'lowest_supply' as const, supply_below: 10 }, 'devices_by_supply (lowest_supply>? AND lowest_supply<?)'],
  [{ seen_since: NOW }, 'devices_by_last_seen (last_seen>?'],
])('devices with %o are looked up', async (query, index) => {
  expect(await planOf((store) => store.listDevices({ limit: 1, ...query }))).toContain(`USING INDEX ${index}`)
})

it.each([
  [{ agent_id: 'a' }, 'audit_log_by_agent (agent_id=?)'],
  [{ actor: 'a' }, 'audit_log_by_actor (actor=?)'],
  [{ action: 'a' }, 'audit_log_by_action (action=?)'],
  [{ resource_id: 'a' }, 'audit_log_by_resource (resource_id=?)'],
  [{ resource_type: 'device' }, 'audit_log_by_resource_type (resource_type=?)'],
  [{ resource_type: 'device', resource_id: 'a' }, 'audit_log_by_resource (resource_id=?)'],
  [{ from: NOW, to: NOW + 1 }, 'audit_log_by_time (recorded_at>? AND recorded_at<?)'],
])('audit entries with %o are looked up', async (query, index) => {
  expect(await planOf((store) => store.listAudit({ limit: 1, ...query }))).toContain(`USING INDEX ${index}`)
})

it.each([
  [{ agent_id: 'a' }, 'alerts_by_agent (agent=?)'],
  [{ device_id: 'a' }, 'alerts_by_device (device=?)'],
  [{ state: 'open' as const }, 'alerts_open_by_time'],
  [{ state: 'closed' as const, closed_since: NOW }, 'alerts_by_close (closed_at>?)'],
  [{ from: NOW, to: NOW + 1 }, 'alerts_by_time (opened_at>? AND opened_at<?)'],
])('alerts with %o are looked up', async (query, index) => {
  expect(await planOf((store) => store.listAlerts({ limit: 1, ...query }))).toContain(`USING INDEX ${index}`)
})

it('what live views and open sockets ask is looked up by its number', async () => {
  const { plans } = await watchPlans()
  const find = (part: string, times = 1) => {
    const found = [...plans].filter(([sql]) => sql.includes(part)).map(([, plan]) => plan.join('\n'))
    expect(found).toHaveLength(times)
    expect(found[0]).not.toMatch(/TEMP B-TREE/)
    return found[0]
  }
  const rowid = 'USING INTEGER PRIMARY KEY (rowid'
  expect(find('FROM changes WHERE seq > ?')).toContain(`SEARCH changes ${rowid}>?)`)
  expect(find('SELECT max(seq) FROM changes', 2)).not.toMatch(/SCAN/)
  expect(find('SELECT min(seq) FROM changes')).toMatch(/^SEARCH changes$/)
  expect(find('WHERE devices.id > ? AND merged_into IS NULL')).toContain(`SEARCH devices ${rowid}>?)`)
  expect(find('WHERE devices.id IN (SELECT value FROM json_each(?))')).toContain(`SEARCH devices ${rowid}=?)`)
  expect(find('WHERE id IN (SELECT value FROM json_each(@ids))')).toContain(`SEARCH agents ${rowid}=?)`)
  expect(find('FROM agents WHERE id > ? ORDER BY id', 2)).toContain(`SEARCH agents ${rowid}>?)`)
  expect(find('json_each(?) LEFT JOIN tokens')).toContain('SEARCH tokens USING INDEX sqlite_autoindex_tokens_1')
})

it('what is due of one channel, and what is open of one device, is looked up', async () => {
  const { plans } = await watchPlans()
  const find = (part: string) => [...plans].filter(([sql]) => sql.includes(part)).map(([, plan]) => plan.join('\n'))
  const [ofChannel] = find('channel = @channel AND NOT EXISTS')
  expect(ofChannel).toContain('alert_deliveries_due_by_channel (channel=? AND next_try_at<?)')
  expect(ofChannel).not.toMatch(/SCAN|TEMP B-TREE/)
  const [merged] = find('UPDATE alerts SET closed_at = ? WHERE device = ?')
  expect(merged).toContain('alerts_open_by_device (device=?)')
})

it('the health of an agent is a walk of its key from one time to the other', async () => {
  const { plans } = await watchPlans()
  const [plan] = [...plans].filter(([sql]) => sql.includes('FROM agent_health')).map(([, details]) => details)
  expect(plan).toEqual(['SEARCH agent_health USING PRIMARY KEY (agent=? AND period>? AND period<?)'])
})

it('a serial without its maker is looked up', async () => {
  const { plans } = await watchPlans()
  const [plan] = [...plans].filter(([sql]) => sql.includes('instr(value')).map(([, details]) => details.join('\n'))
  expect(plan).toContain('device_identities_by_number')
})
