import type { InvalidItem } from '../../protocol/batches.ts'
import { type CheckedItem, OFFLINE } from '../checked-item.ts'
import { judgeTime, TOLERANCE_MS } from '../judge-time.ts'
import type { BatchOutcome, CheckedBatch } from '../store.ts'
import type { AuditLog } from './audit-log.ts'
import type { Changes } from './changes.ts'
import { type DeviceRows, isNewest, prepareDeviceRows } from './device-rows.ts'
import { prepareJournals } from './journals.ts'
import type { Source } from './look-up-device.ts'
import type { Database } from './open-database.ts'
import { prepareReadings, readingId } from './readings.ts'
import { prepareResolveDevice } from './resolve-device.ts'

export type Ingest = ReturnType<typeof prepareIngest>

interface AgentRow {
  readonly id: number
  readonly agent_id: string
  readonly site_id: string
  readonly clock_offset_ms: number | null
}

interface Counts {
  readonly stored: number
  readonly duplicates: number
  readonly passed_over: number
}

/** SQL of `laterOf` for an arrival. */
const LATER = (column: string) => `iif(${column} BETWEEN @at AND @at + ${TOLERANCE_MS}, ${column}, @at)`

/** @param beforeCommit throws where nothing must be committed */
export function prepareIngest(db: Database, audit: AuditLog, changes: Changes, beforeCommit: () => void) {
  const findAgent = db.prepare<[string], AgentRow>(
    'SELECT id, agent_id, site_id, clock_offset_ms FROM agents WHERE agent_id = ?',
  )
  const countUpload = db.prepare(
    `UPDATE agents SET last_seen = ${LATER('last_seen')}, last_upload = ${LATER('last_upload')}, metrics_count = metrics_count + @metrics WHERE id = @id`,
  )
  const savepoint = db.prepare('SAVEPOINT batch')
  const release = db.prepare('RELEASE batch')
  const rollBack = db.prepare('ROLLBACK TO batch')
  const readVersion = db.prepare<[], number>('PRAGMA data_version').pluck()
  const rows: DeviceRows = prepareDeviceRows(db, changes)
  const devices = prepareResolveDevice(db, rows, audit)
  const readings = prepareReadings(db)
  const journals = prepareJournals(db)
  let version: number | undefined

  const forget = () => {
    rows.forget()
    devices.forget()
  }

  /** The invalid items, or how many are held. */
  const storeItems = (batch: CheckedBatch, agent: AgentRow): InvalidItem[] | Counts => {
    const { received_at, batch_time, kind } = batch
    const offset = batch.clock_offset_ms ?? agent.clock_offset_ms
    const source: Source = { ...agent, received_at, ip_address: batch.ip_address }
    const invalid: InvalidItem[] = []
    let duplicates = 0
    let passed_over = 0
    /** The device of an item; one that did not answer is looked for by what is known, and nothing is learnt of it. */
    const resolve = (item: CheckedItem, at: number) =>
      item.status === OFFLINE ? devices.resolveSilent(item.facts, source, at) : devices.resolve(item.facts, source, at)
    batch.items.forEach((item, index) => {
      const time = judgeTime(item.said_time, batch_time, received_at, offset)
      // a clock that runs ahead must not hold the last state of a device for as long, nor one that was never set age it
      const at = time.mark === 'past' ? received_at : Math.min(time.sampled_at, received_at)
      if (kind === 'devices') {
        const resolved = resolve(item, at)
        const { row, foreign } = resolved
        if (foreign) passed_over += 1
        else {
          if (isNewest(row, at, received_at) && item.status !== OFFLINE) readings.writeSnapshot(row.id, at, item.rest)
          rows.apply(resolved, item, at, received_at)
        }
        return
      }
      const id = readingId(item, agent.agent_id, time.sampled_at)
      // batches that are not counted come again without being known: what they repeat must not even move an address
      if (batch.journal_id === null && readings.has(id, agent.id)) {
        duplicates += 1
        return
      }
      const resolved = resolve(item, at)
      const { row, foreign } = resolved
      const place = { agent: agent.id, site_id: agent.site_id, device: row.id, foreign }
      const kept = readings.insert(item, place, id, time, received_at, offset)
      if (kept === 'duplicate') duplicates += 1
      else if (kept === 'of_another_agent') invalid.push(refuseReading(item, index))
      else if (!foreign) rows.apply(resolved, item, at, received_at)
    })
    return invalid.length > 0 ? invalid : { stored: batch.items.length - passed_over, duplicates, passed_over }
  }

  const storeBatch = (batch: CheckedBatch): BatchOutcome => {
    const agent = findAgent.get(batch.agent_id)
    if (agent === undefined) return { outcome: 'agent_unknown' }
    const { received_at } = batch
    const earlier = journals.find(agent.id, batch)
    if (earlier !== null) {
      const last_seq = journals.lastSeq(agent.id, batch.journal_id as string)
      if (earlier.isSame) return { ...earlier.answer, outcome: 'repeated', last_seq }
      recordFork(batch, agent)
      return { outcome: 'journal_fork', last_seq }
    }

    savepoint.run()
    const result = storeItems(batch, agent)
    if (Array.isArray(result)) {
      rollBack.run()
      release.run()
      forget()
      return { outcome: 'invalid_items', items: result }
    }
    rows.flush(received_at)
    const answer = { received: batch.items.length, ...result, stored_at: received_at }
    journals.add(agent.id, batch, answer)
    const metrics = batch.kind === 'metrics' ? result.stored - result.duplicates : 0
    countUpload.run({ at: received_at, metrics, id: agent.id })
    changes.note('agent', agent.id, received_at)
    release.run()
    const last_seq = batch.journal_id === null ? null : journals.lastSeq(agent.id, batch.journal_id)
    return { outcome: 'stored', ...answer, last_seq }
  }

  /** Once for each journal: an agent that has not noticed tries again and again. */
  const recordFork = (batch: CheckedBatch, agent: AgentRow): void => {
    const journal_id = (batch.journal_id as string).toLowerCase()
    if (audit.has('journal_fork', journal_id, agent.agent_id)) return
    audit.append({
      actor: { type: 'agent', id: agent.agent_id, ip_address: batch.ip_address },
      site_id: agent.site_id,
      agent_id: agent.agent_id,
      action: 'journal_fork',
      resource_type: 'journal',
      resource_id: journal_id,
      outcome: 'denied',
      details: { seq: batch.seq },
      occurred_at: batch.received_at,
      recorded_at: batch.received_at,
    })
  }

  const storeAll = db.transaction((batches: readonly CheckedBatch[]): BatchOutcome[] => {
    // somebody else wrote: what is at hand may be wrong
    const seen = readVersion.get()
    if (seen !== version) forget()
    version = seen
    const outcomes = batches.map(storeBatch)
    changes.trim()
    beforeCommit()
    return outcomes
  })

  return {
    /** One transaction for all; what one batch is refused for does not touch the others. */
    store(batches: readonly CheckedBatch[]): BatchOutcome[] {
      try {
        return storeAll.immediate(batches)
      } catch (error) {
        forget()
        throw error
      }
    },

    lastSeq(agent_id: string, journal_id: string): number | null {
      const agent = findAgent.get(agent_id)
      return agent === undefined ? null : journals.lastSeq(agent.id, journal_id)
    },
  }
}

function refuseReading({ reading_id }: CheckedItem, index: number): InvalidItem {
  const mistakes = [{ path: '/reading_id', problem: 'is the reading_id of a reading that another agent brought' }]
  return { index, ...(reading_id !== null && { reading_id }), mistakes }
}
