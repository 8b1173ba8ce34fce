import type { Command, CommandRecord, CommandUpdate } from '../../protocol/commands.ts'
import type { Actor, NewCommand } from '../store.ts'
import type { AuditLog } from './audit-log.ts'
import type { Database } from './open-database.ts'

export function prepareCommands(_db: Database, _audit: AuditLog) {
  return {
    create(_command: NewCommand, _actor: Actor, _now: number): CommandRecord | 'agent_unknown' {
      throw new Error('not there yet')
    },
    find(_command_id: string): CommandRecord | null {
      throw new Error('not there yet')
    },
    list(_agent_id: string, _limit: number): CommandRecord[] {
      throw new Error('not there yet')
    },
    take(_agent_id: string, _now: number): Command[] {
      throw new Error('not there yet')
    },
    update(_agent_id: string, _update: CommandUpdate, _now: number): CommandRecord | null {
      throw new Error('not there yet')
    },
    expire(_now: number): number {
      throw new Error('not there yet')
    },
  }
}
