import { randomUUID } from 'node:crypto'
import { composeBody, limitDetails, renderBody } from '../../audit/audit-body.ts'
import { CHAIN_START, type ChainEnd, hashEntry, type StoredEntry, verifyChain } from '../../audit/chain.ts'
import { openStub, type Signed } from '../../audit/head.ts'
import { renderEntry } from '../../audit/render-entry.ts'
import type { AuditEntry } from '../../protocol/audit.ts'
import { deriveId, uuidToText } from '../derive-id.ts'
import { type AuditEnds, type AuditFilter, DEFAULT_SITE, type NewAuditEvent, type Page } from '../store.ts'
import { StoreError } from '../store-error.ts'
import { openCursor, sealCursor } from './cursor.ts'
import type { Database } from './open-database.ts'
import { cacheStatements } from './statement-cache.ts'
import { takePage } from './take-page.ts'

export type AuditLog = ReturnType<typeof prepareAuditLog>

/** SQLite takes it for no limit. */
const ALL = -1
const COLUMNS = 'seq, event_id, recorded_at, agent_id, actor, action, resource_type, resource_id, body, hash'

export function prepareAuditLog(db: Database) {
  const readHead = db.prepare<[], ChainEnd>('SELECT seq, hash FROM audit_log ORDER BY seq DESC LIMIT 1')
  const insert = db.prepare(`INSERT INTO audit_log (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const findEvent = db
    .prepare<[string, string], number>('SELECT seq FROM audit_log WHERE actor = ? AND event_id = ?')
    .pluck()
  const findAbout = db
    .prepare<[string, string, string], number>(
      'SELECT seq FROM audit_log WHERE resource_id = ? AND action = ? AND agent_id = ? LIMIT 1',
    )
    .pluck()
  const readMeta = db.prepare<[string], unknown>('SELECT value FROM meta WHERE key = ?').pluck()
  const writeMeta = db.prepare(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  )
  const isInUse = db.prepare('SELECT 1 FROM tokens UNION ALL SELECT 1 FROM agents LIMIT 1')
  const walk = db.prepare<[number], StoredEntry>(`SELECT ${COLUMNS} FROM audit_log ORDER BY seq LIMIT ?`)
  const readChain = db.prepare<[number, number], StoredEntry>(
    `SELECT ${COLUMNS} FROM audit_log WHERE seq > ? ORDER BY seq LIMIT ?`,
  )
  const findHash = db.prepare<[number], Uint8Array>('SELECT hash FROM audit_log WHERE seq = ?').pluck()
  const dropUntil = db.prepare('DELETE FROM audit_log WHERE seq <= ?')
  const dropStubs = db.prepare('DELETE FROM audit_stubs')
  const putStub = db.prepare('INSERT INTO audit_stubs (to_seq, body, public_key, signature) VALUES (?, ?, ?, ?)')
  const readStub = db.prepare<[], { body: string; public_key: string; signature: Uint8Array }>(
    'SELECT body, public_key, signature FROM audit_stubs ORDER BY to_seq DESC LIMIT 1',
  )
  const prepare = cacheStatements(db)

  /** Null for a text that nobody here wrote. */
  const readEnd = (name: 'audit_start' | 'audit_end'): ChainEnd | null => {
    const value = readMeta.get(name)
    return value === undefined ? START : parseEnd(value)
  }

  const readStart = (): ChainEnd => {
    const start = readEnd('audit_start')
    if (start === null) throw new StoreError('corrupt', 'audit_start in the table meta is damaged: restore a backup')
    return start
  }

  const append = (event: NewAuditEvent, event_id: string): void => {
    const head = readHead.get() ?? readStart()
    const body = composeBody(event, head.seq + 1, event_id, event.site_id ?? DEFAULT_SITE)
    const text = renderBody(body)
    const hash = hashEntry(head.hash, text)
    const { seq, recorded_at, agent_id, actor, action, resource_type, resource_id } = body
    insert.run(seq, event_id, recorded_at, agent_id, actor, action, resource_type, resource_id, text, hash)
    // entries that vanish at the end leave no gap in the chain
    writeMeta.run('audit_end', `${seq} ${hash.toString('hex')}`)
  }

  return {
    /** Within the transaction of what it records. */
    append: (event: Omit<NewAuditEvent, 'event_id'>) => append({ ...event, event_id: null }, randomUUID()),

    /** Events of others: one with an `event_id` that its actor used already is passed over. Gives how many were new. */
    record(events: readonly NewAuditEvent[]): number {
      let added = 0
      for (const event of events) {
        const event_id = event.event_id?.toLowerCase() ?? chooseEventId(event)
        if (findEvent.get(event.actor.id.toWellFormed(), event_id) !== undefined) continue
        append(event, event_id)
        added += 1
      }
      return added
    },

    /** True when an agent's action on a resource is on record. */
    has: (action: string, resource_id: string, agent_id: string) =>
      findAbout.get(resource_id, action, agent_id) !== undefined,

    /** Newest first. */
    list(query: AuditFilter): Page<AuditEntry> {
      const { limit, cursor, ...filter } = query
      const wanted = Object.entries(FILTERS).filter(([name]) => filter[name as keyof typeof FILTERS] !== undefined)
      const scope = ['audit', filter]
      const before = cursor === undefined ? null : openCursor(cursor, scope, ['number'])
      const parts = [
        ...wanted.map(([name, sql]) => describeFilter(name, sql, filter)),
        ...(before ? ['seq < @before'] : []),
      ]
      const where = parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`
      const sql = `SELECT ${COLUMNS} FROM audit_log ${where} ORDER BY seq DESC LIMIT @limit`
      const rows = prepare(sql).iterate({ ...filter, before: before?.[0], limit: limit + 1 })
      const { page, hasMore } = takePage(rows as Iterable<StoredEntry>, limit, ({ body }) => Buffer.byteLength(body))
      const last = page.at(-1)
      return {
        items: page.map(renderEntry),
        next_cursor: hasMore && last !== undefined ? sealCursor(scope, [last.seq]) : null,
      }
    },

    /** Lets go of all entries up to the one that a stub names. Gives how many. */
    prune(stub: Signed): number {
      const said = openStub(stub)
      if (typeof said === 'string') throw new StoreError('corrupt', said)
      const { to_seq, hash } = said
      const found = findHash.get(to_seq)
      if (found === undefined || Buffer.from(found).toString('hex') !== hash) {
        throw new StoreError('corrupt', `audit entry ${to_seq} is not the one that the stub names`)
      }
      dropStubs.run()
      putStub.run(to_seq, stub.body, stub.public_key, Buffer.from(stub.signature, 'hex'))
      writeMeta.run('audit_start', `${to_seq} ${hash}`)
      return dropUntil.run(to_seq).changes
    },

    /** What stands for the entries that were let go; null while all are there. */
    stub: (): Signed | null => {
      const row = readStub.get()
      if (row === undefined) return null
      return { ...row, signature: Buffer.from(row.signature).toString('hex') }
    },

    /** Where the chain begins and ends, as it was written down beside it. */
    ends: (): AuditEnds => {
      const write = (end: ChainEnd | null) => end && { seq: end.seq, hash: Buffer.from(end.hash).toString('hex') }
      const wanted = readMeta.get('audit_end') === undefined && isInUse.get() !== undefined
      return { start: write(readEnd('audit_start')), end: wanted ? null : write(readEnd('audit_end')) }
    },

    /** Entries as they are stored, oldest first. */
    readChain: (after: number, limit: number): StoredEntry[] => readChain.all(after, limit),

    /** What is wrong with the beginning of the log, where entries were let go. */
    verifyStub(start: ChainEnd | null): string[] {
      const stub = this.stub()
      if (stub === null) {
        return start === null || start.seq === 0
          ? []
          : [`audit entries 1 to ${start.seq} are missing, and no stub says why`]
      }
      const said = openStub(stub)
      if (typeof said === 'string') return [said]
      const fits = start !== null && start.seq === said.to_seq && Buffer.from(start.hash).toString('hex') === said.hash
      return fits ? [] : [`the audit log does not begin behind entry ${said.to_seq}, as its stub says`]
    },

    /** One sentence for each thing that was not written by this program. */
    verify(): string[] {
      const [start, end] = [readEnd('audit_start'), readEnd('audit_end')]
      const problems: string[] = []
      if (start === null)
        problems.push('audit_start in the table meta is damaged: where the audit log begins is not known')
      if (end === null) problems.push(`audit_end in the table meta is damaged: ${UNKNOWN_END}`)
      else if (readMeta.get('audit_end') === undefined && isInUse.get() !== undefined) {
        problems.push(`audit_end in the table meta is missing: ${UNKNOWN_END}`)
      }
      if (problems.length > 0) return [...problems, ...verifyChain(walk.iterate(ALL), start, null)]
      return [...this.verifyStub(start), ...verifyChain(walk.iterate(ALL), start, end)]
    },
  }
}

const START: ChainEnd = { seq: 0, hash: CHAIN_START }
const UNKNOWN_END = 'where the audit log ends is not known, and entries may have been cut off'

/** A number and a hash, as `append` writes them. */
function parseEnd(value: unknown): ChainEnd | null {
  const parts = typeof value === 'string' ? /^(\d{1,15}) ([0-9a-f]{64})$/.exec(value) : null
  return parts === null ? null : { seq: Number(parts[1]), hash: Buffer.from(parts[2] as string, 'hex') }
}

const FILTERS = {
  agent_id: 'agent_id = @agent_id',
  actor: 'actor = @actor',
  action: 'action = @action',
  resource_type: 'resource_type = @resource_type',
  resource_id: 'resource_id = @resource_id',
  from: 'recorded_at >= @from',
  to: 'recorded_at < @to',
}

/** There are few types and many ids: the plus keeps the type out of the choice of an index where an id is given. */
const describeFilter = (name: string, sql: string, { resource_id }: Partial<AuditFilter>) =>
  name === 'resource_type' && resource_id !== undefined ? `+${sql}` : sql

/**
 * Agents repeat what was not acknowledged, so what they say twice is the same event. Whatever else comes without an id
 * happened as often as it is told.
 */
function chooseEventId(event: NewAuditEvent): string {
  const { actor, agent_id, occurred_at, action, resource_type, resource_id, outcome, details } = event
  if (actor.type !== 'agent') return randomUUID()
  const content = [agent_id, action, resource_type, resource_id, outcome, limitDetails(details)]
  return uuidToText(deriveId([actor.id, String(occurred_at), JSON.stringify(content)]))
}
