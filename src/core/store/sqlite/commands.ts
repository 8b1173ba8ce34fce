import type {
  Command,
  CommandKind,
  CommandParams,
  CommandRecord,
  CommandState,
  CommandUpdate,
} from '../../protocol/commands.ts'
import { MAX_OPEN_COMMANDS, MAX_RESULT_CHARACTERS } from '../../protocol/commands.ts'
import type { Actor, NewCommand } from '../store.ts'
import { utcText, utcTextOrNull } from '../utc-text.ts'
import type { AuditLog } from './audit-log.ts'
import type { Database } from './open-database.ts'

interface CommandRow {
  readonly id: number
  readonly command_id: string
  readonly site_id: string
  readonly agent: number
  readonly agent_id: string
  readonly kind: CommandKind
  readonly params: string
  readonly state: CommandState
  readonly created_at: number
  readonly created_by: string
  readonly expires_at: number
  readonly sent_at: number | null
  readonly ended_at: number | null
  readonly percent: number | null
  readonly message: string | null
  readonly result: string | null
}

const SELECT = 'SELECT commands.*, agents.agent_id FROM commands CROSS JOIN agents ON agents.id = commands.agent'
const OUTCOMES = { succeeded: 'success', failed: 'failure', refused: 'denied', expired: 'failure' } as const
type End = keyof typeof OUTCOMES

/** An agent keeps its results for as long: what it began and did not bring by then, it will not bring any more. */
const LOST_AFTER_MS = 7 * 86_400_000
const SERVER: Actor = { type: 'server', id: 'server', ip_address: null }

export function prepareCommands(db: Database, audit: AuditLog) {
  const findAgent = db.prepare<[string], { id: number; site_id: string }>(
    'SELECT id, site_id FROM agents WHERE agent_id = ?',
  )
  const countOpen = db
    .prepare<[number], number>('SELECT count(*) FROM commands WHERE agent = ? AND ended_at IS NULL')
    .pluck()
  const insert = db.prepare(
    `INSERT INTO commands (command_id, site_id, agent, kind, params, state, created_at, created_by, expires_at)
     VALUES (@command_id, @site_id, @agent, @kind, @params, 'pending', @now, @created_by, @expires_at)`,
  )
  const find = db.prepare<[string], CommandRow>(`${SELECT} WHERE command_id = ?`)
  const list = db.prepare<[number, number], CommandRow>(
    `${SELECT} WHERE commands.agent = ? ORDER BY commands.id DESC LIMIT ?`,
  )
  const unheard = db.prepare<[number, number], CommandRow>(
    `${SELECT} WHERE commands.agent = ? AND ended_at IS NULL AND state IN ('pending', 'sent') AND expires_at > ?
     ORDER BY commands.id`,
  )
  const markSent = db.prepare("UPDATE commands SET state = 'sent', sent_at = ? WHERE id = ?")
  const write = db.prepare(
    `UPDATE commands SET state = @state, ended_at = @ended_at, percent = @percent, message = @message, result = @result
     WHERE id = @id`,
  )
  const overdue = db.prepare<{ now: number; lost: number }, CommandRow>(
    `${SELECT} WHERE ended_at IS NULL AND expires_at <= CASE state WHEN 'running' THEN @lost ELSE @now END
     ORDER BY commands.id`,
  )

  const end = (row: CommandRow, state: End, message: string | null, actor: Actor, now: number): void =>
    audit.append({
      actor,
      site_id: row.site_id,
      agent_id: row.agent_id,
      action: 'command_ended',
      resource_type: 'command',
      resource_id: row.command_id,
      outcome: OUTCOMES[state],
      details: { kind: row.kind, state, message },
      occurred_at: now,
      recorded_at: now,
    })
  const get = (command_id: string) => find.get(command_id) as CommandRow

  return {
    create(command: NewCommand, actor: Actor, now: number): CommandRecord | 'agent_unknown' | 'too_many' {
      const { command_id, agent_id, kind, params, expires_at } = command
      const agent = findAgent.get(agent_id)
      if (agent === undefined) return 'agent_unknown'
      if ((countOpen.get(agent.id) as number) >= MAX_OPEN_COMMANDS) return 'too_many'
      const { site_id } = agent
      insert.run({
        command_id,
        site_id,
        agent: agent.id,
        kind,
        params: JSON.stringify(params),
        now,
        created_by: actor.id,
        expires_at,
      })
      audit.append({
        actor,
        site_id,
        agent_id,
        action: 'command_created',
        resource_type: 'command',
        resource_id: command_id,
        outcome: 'success',
        details: { kind, params, expires_at: utcText(expires_at) },
        occurred_at: now,
        recorded_at: now,
      })
      return render(get(command_id))
    },

    find(command_id: string): CommandRecord | null {
      const row = find.get(command_id)
      return row === undefined ? null : render(row)
    },

    list(agent_id: string, limit: number): CommandRecord[] {
      const agent = findAgent.get(agent_id)
      return agent === undefined ? [] : list.all(agent.id, limit).map(render)
    },

    take(agent_id: string, now: number): Command[] {
      const agent = findAgent.get(agent_id)
      if (agent === undefined) return []
      return unheard.all(agent.id, now).map((row) => {
        markSent.run(now, row.id)
        const { command_id, kind, params, expires_at } = row
        return { command_id, kind, params: JSON.parse(params) as CommandParams, expires_at: utcText(expires_at) }
      })
    },

    update(agent_id: string, update: CommandUpdate, now: number): CommandRecord | null {
      const row = find.get(update.command_id)
      if (row === undefined || row.agent_id !== agent_id) return null
      // what was handed over in time may have been begun in time: the agent knows, we only had not heard of it
      const isPresumed = row.state === 'expired' && row.sent_at !== null && update.state !== 'expired'
      if (row.ended_at !== null && !isPresumed) return render(row)
      const { state, percent, message } = update
      const isEnd = state !== 'running'
      write.run({
        id: row.id,
        state,
        ended_at: isEnd ? now : null,
        percent: percent === undefined || percent === null ? row.percent : Math.min(100, Math.max(0, percent)),
        message: message === undefined ? (isPresumed ? null : row.message) : message,
        result: isEnd ? renderResult(update.result) : null,
      })
      if (isEnd) end(row, state, message ?? null, { type: 'agent', id: agent_id, ip_address: null }, now)
      return render(get(row.command_id))
    },

    expire(now: number): number {
      const rows = overdue.all({ now, lost: now - LOST_AFTER_MS })
      for (const row of rows) {
        const state = row.state === 'running' ? 'failed' : 'expired'
        const message = state === 'failed' ? 'the agent began it and never told how it ended' : UNBEGUN[row.state]
        write.run({ id: row.id, state, ended_at: now, percent: row.percent, message, result: null })
        end(row, state, message ?? null, SERVER, now)
      }
      return rows.length
    },
  }
}

const UNBEGUN: Partial<Record<CommandState, string>> = {
  pending: 'the agent was not connected before it expired',
  sent: 'the agent was handed it and did not answer before it expired',
}

/** What is larger than an agent may send is not kept in part, which would pass for the whole. */
function renderResult(result: CommandUpdate['result']): string | null {
  const text = result === undefined || result === null ? null : JSON.stringify(result)
  if (text === null || text.length <= MAX_RESULT_CHARACTERS) return text
  return JSON.stringify({ left_out: `the result had ${text.length} characters, more than ${MAX_RESULT_CHARACTERS}` })
}

function render(row: CommandRow): CommandRecord {
  return {
    command_id: row.command_id,
    agent_id: row.agent_id,
    site_id: row.site_id,
    kind: row.kind,
    params: JSON.parse(row.params) as CommandParams,
    state: row.state,
    created_at: utcText(row.created_at),
    created_by: row.created_by,
    expires_at: utcText(row.expires_at),
    sent_at: utcTextOrNull(row.sent_at),
    ended_at: utcTextOrNull(row.ended_at),
    // an agent tells how far it is now and then, and not that it came to the end
    percent: row.state === 'succeeded' ? 100 : row.percent,
    message: row.message,
    result: row.result === null ? null : (JSON.parse(row.result) as Record<string, unknown>),
  }
}
