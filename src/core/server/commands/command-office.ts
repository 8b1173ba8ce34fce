import { v7 as makeUuid } from 'uuid'
import { ApiError } from '../../protocol/api-error.ts'
import {
  type CommandRecord,
  type CommandRequest,
  type CommandUpdate,
  DEFAULT_COMMAND_SECONDS,
  MAX_OPEN_COMMANDS,
} from '../../protocol/commands.ts'
import type { Actor, Store } from '../../store/store.ts'
import type { ServerLog } from '../server-options.ts'
import { checkCommandParams } from './check-params.ts'

const EXPIRE_EVERY_MS = 5000

export interface CommandOffice {
  /** @throws ApiError invalid_body, not_found, too_many_commands; StoreError */
  submit(agent_id: string, request: CommandRequest, actor: Actor): Promise<CommandRecord>
  /** Hands over what waits for an agent, and again what it was handed and has not answered. Never rejects. */
  onConnected(agent_id: string): Promise<void>
  /**
   * Records what an agent says of a command; resolves once that is on disk.
   * @returns false for a command that is none of this agent's
   * @throws StoreError
   */
  onUpdate(agent_id: string, update: CommandUpdate): Promise<boolean>
  close(): Promise<void>
}

export interface CommandOfficeParts {
  readonly client: {
    readonly store: Pick<Store, 'createCommand' | 'takeCommands' | 'updateCommand' | 'expireCommands'>
  }
  /** Where agents are connected; gives false where this one is not. */
  readonly hub: {
    send(agent_id: string, message: { type: 'command'; data: object; timestamp: string }): boolean
    isConnected(agent_id: string): boolean
  }
  readonly log: ServerLog
  readonly now: () => number
}

/** Passes commands on to agents. All that it knows is in the store, so that a restart neither loses nor repeats one. */
export function createCommandOffice({ client: { store }, hub, log, now }: CommandOfficeParts): CommandOffice {
  /** What went over the connection that an agent has now; of agents that have something open. */
  const handed = new Map<string, Set<string>>()
  const underway = new Set<Promise<unknown>>()
  let isClosed = false

  const complain = (what: string) => (error: unknown) =>
    log.error({ reason: error instanceof Error ? error.message : String(error) }, what)
  const track = <T>(work: Promise<T>): Promise<T> => {
    underway.add(work)
    const forget = () => void underway.delete(work)
    work.then(forget, forget)
    return work
  }

  const hand = async (agent_id: string) => {
    // what is taken counts as sent
    if (!hub.isConnected(agent_id)) return
    for (const command of await store.takeCommands(agent_id, now())) {
      const before = handed.get(agent_id) ?? new Set()
      if (before.has(command.command_id)) continue
      const message = { type: 'command', data: command, timestamp: new Date(now()).toISOString() } as const
      // who is gone again is handed it when it comes back
      if (!hub.send(agent_id, message)) return void handed.delete(agent_id)
      handed.set(agent_id, before.add(command.command_id))
    }
  }
  const tryToHand = (agent_id: string) =>
    track(hand(agent_id).catch(complain('commands of an agent cannot be read; they go out when it connects anew')))

  const settle = (agent_id: string, command_id: string) => {
    const open = handed.get(agent_id)
    open?.delete(command_id)
    if (open?.size === 0) handed.delete(agent_id)
  }

  let isFailing = false
  const expire = async () => {
    try {
      await store.expireCommands(now())
      isFailing = false
    } catch (error) {
      if (!isFailing) complain('commands that are over cannot be ended; trying again')(error)
      isFailing = true
    }
  }
  const timer = setInterval(() => void track(expire()), EXPIRE_EVERY_MS).unref()

  return {
    async submit(agent_id, { kind, params = {}, expires_in_seconds = DEFAULT_COMMAND_SECONDS }, actor) {
      checkCommandParams(kind, params)
      const created_at = now()
      const expires_at = created_at + expires_in_seconds * 1000
      const made = await store.createCommand(
        { command_id: makeUuid(), agent_id, kind, params, expires_at },
        actor,
        created_at,
      )
      if (made === 'agent_unknown') throw new ApiError('not_found', 'no such agent')
      if (made === 'too_many') {
        const message = `${MAX_OPEN_COMMANDS} commands of this agent have not ended yet`
        throw new ApiError('too_many_commands', message, { limit: MAX_OPEN_COMMANDS })
      }
      log.info({ agent_id, command_id: made.command_id, kind, actor: actor.id }, 'a command for an agent')
      if (!isClosed) void tryToHand(agent_id)
      return made
    },
    async onConnected(agent_id) {
      handed.delete(agent_id)
      if (!isClosed) await tryToHand(agent_id)
    },
    async onUpdate(agent_id, update) {
      const record = await track(store.updateCommand(agent_id, update, now()))
      settle(agent_id, update.command_id)
      if (record === null) return false
      if (record.ended_at !== null && update.state === record.state) {
        const { command_id, kind, state } = record
        log.info({ agent_id, command_id, kind, state }, 'a command has ended')
      }
      return true
    },
    async close() {
      isClosed = true
      clearInterval(timer)
      await Promise.allSettled(underway)
    },
  }
}
