import type { CommandKind, CommandParams } from '../../protocol/commands.ts'
import type { Database } from '../../store/sqlite/open-database.ts'
import type { CommandEnd, JournalledCommand } from './journal.ts'

export type Commands = ReturnType<typeof prepareCommands>

interface CommandRow {
  readonly command_id: string
  readonly kind: CommandKind
  readonly params: string
  readonly expires_at: number
  readonly state: JournalledCommand['state']
  readonly message: string | null
  readonly result: string | null
}

/** What the server asked for, and what came of it. */
export function prepareCommands(db: Database) {
  const insert = db.prepare(
    `INSERT INTO commands (command_id, kind, params, expires_at, state) VALUES (?, ?, ?, ?, 'waiting')
     ON CONFLICT DO NOTHING`,
  )
  const find = db.prepare<[string], CommandRow>('SELECT * FROM commands WHERE command_id = ?')
  const open = db.prepare<[], CommandRow>('SELECT * FROM commands WHERE is_delivered = 0 ORDER BY number')
  const begin = db.prepare("UPDATE commands SET state = 'running' WHERE command_id = ? AND state = 'waiting'")
  const end = db.prepare(
    `UPDATE commands SET state = @state, message = @message, result = @result, ended_worked = @worked
     WHERE command_id = @command_id AND state IN ('waiting', 'running')`,
  )
  const deliver = db.prepare('UPDATE commands SET is_delivered = ? WHERE command_id = ?')
  const oldest = db.prepare('SELECT 1 FROM commands WHERE ended_worked <= ? LIMIT 1')
  const drop = db.prepare(
    `DELETE FROM commands WHERE number IN (
       SELECT number FROM commands WHERE ended_worked <= ? ORDER BY ended_worked, number LIMIT ?)`,
  )
  // that it was done has to be known for as long as it may be asked for again
  const forgetResults = db.prepare(
    `UPDATE commands SET result = NULL WHERE number IN (
       SELECT number FROM commands WHERE is_delivered = 1 AND result IS NOT NULL ORDER BY number LIMIT ?)`,
  )
  return {
    /** False for one that is there already. */
    accept: ({
      command_id,
      kind,
      params,
      expires_at,
    }: Pick<JournalledCommand, 'command_id' | 'kind' | 'params' | 'expires_at'>) =>
      insert.run(command_id, kind, JSON.stringify(params), Math.trunc(expires_at)).changes > 0,
    /** False where it was begun before. */
    begin: (command_id: string) => begin.run(command_id).changes > 0,
    end(command_id: string, { state, message = null, result = null }: CommandEnd, worked: number): void {
      end.run({ command_id, state, message, result: result === null ? null : JSON.stringify(result), worked })
    },
    setDelivered: (command_id: string, is: boolean) => void deliver.run(Number(is), command_id),
    find(command_id: string): JournalledCommand | null {
      const row = find.get(command_id)
      return row === undefined ? null : render(row)
    },
    /** Those whose end the server does not know, in the order in which they came. */
    listOpen: () => open.all().map(render),
    has: (worked: number) => oldest.get(worked) !== undefined,
    /** Lets go the oldest, up to those that ended after so much work. Gives how many. */
    drop: (worked: number, limit: number) => drop.run(worked, limit).changes,
    /** Of those that the server has the result of. Gives how many. */
    forgetResults: (limit: number) => forgetResults.run(limit).changes,
  }
}

function render({ command_id, kind, params, expires_at, state, message, result }: CommandRow): JournalledCommand {
  return {
    command_id,
    kind,
    params: JSON.parse(params) as CommandParams,
    expires_at,
    state,
    message,
    result: result === null ? null : (JSON.parse(result) as Record<string, unknown>),
  }
}
