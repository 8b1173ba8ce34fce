import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { MAX_OPEN_COMMANDS, MAX_RESULT_CHARACTERS } from '../../src/core/protocol/commands.ts'
import type { Actor, NewCommand, Store } from '../../src/core/store/store.ts'
import { ADMIN, at, DAY, enrolAgent, MINUTE, NOW } from './sample-batches.ts'

const DESK: Actor = { type: 'token', id: 'token-of-the-desk', ip_address: '192.0.2.9' }

const newCommand = (agent_id: string, more: Partial<NewCommand> = {}): NewCommand => ({
  command_id: randomUUID(),
  agent_id,
  kind: 'scan_now',
  params: { targets: ['192.0.2.0/28'] },
  expires_at: NOW + 5 * MINUTE,
  ...more,
})

/** Commands, for every implementation of `Store`. */
export function describeCommands(readStore: () => Store): void {
  const audit = async (command_id: string) => {
    const { items } = await readStore().listAudit({ limit: 100, resource_type: 'command', resource_id: command_id })
    return items.toReversed()
  }

  describe('commands', () => {
    it('are handed over until the agent says something of them, and audited with who asked for what', async () => {
      const store = readStore()
      const agent_id = await enrolAgent(store)
      const command = newCommand(agent_id)
      const { command_id } = command
      expect(await store.createCommand(command, DESK, NOW)).toMatchObject({
        command_id,
        agent_id,
        site_id: 'default',
        kind: 'scan_now',
        params: { targets: ['192.0.2.0/28'] },
        state: 'pending',
        created_at: at(NOW),
        created_by: 'token-of-the-desk',
        expires_at: at(NOW + 5 * MINUTE),
        sent_at: null,
        ended_at: null,
      })
      const asked = { command_id, kind: 'scan_now', params: command.params, expires_at: at(NOW + 5 * MINUTE) }
      expect(await store.takeCommands(agent_id, NOW + 1)).toEqual([asked])
      expect(await store.findCommand(command_id)).toMatchObject({ state: 'sent', sent_at: at(NOW + 1) })
      expect(await store.takeCommands(agent_id, NOW + 2)).toEqual([asked])
      const running = { command_id, state: 'running', percent: 40, message: '6 of 14' } as const
      expect(await store.updateCommand(agent_id, running, NOW + 3)).toMatchObject({
        state: 'running',
        percent: 40,
        message: '6 of 14',
        ended_at: null,
        sent_at: at(NOW + 2),
      })
      expect(await store.takeCommands(agent_id, NOW + 4)).toEqual([])
      const ended = { command_id, state: 'succeeded', percent: 100, message: null, result: { printers: 3 } } as const
      const record = await store.updateCommand(agent_id, ended, NOW + 5)
      expect(record).toMatchObject({
        state: 'succeeded',
        ended_at: at(NOW + 5),
        message: null,
        result: { printers: 3 },
      })
      expect(await store.findCommand(command_id)).toEqual(record)
      expect(await audit(command_id)).toMatchObject([
        {
          action: 'command_created',
          actor: 'token-of-the-desk',
          ip_address: '192.0.2.9',
          agent_id,
          details: { kind: 'scan_now', params: { targets: ['192.0.2.0/28'] } },
        },
        { action: 'command_ended', actor: agent_id, agent_id, outcome: 'success', details: { state: 'succeeded' } },
      ])
      expect((await store.check()).problems).toEqual([])
    })

    it('that succeeded are done wholly, whatever was told of them before; others stay where they were', async () => {
      const store = readStore()
      const agent_id = await enrolAgent(store)
      for (const [state, percent] of [
        ['succeeded', 100],
        ['failed', 40],
      ] as const) {
        const { command_id } = newCommand(agent_id)
        await store.createCommand(newCommand(agent_id, { command_id }), DESK, NOW)
        await store.updateCommand(agent_id, { command_id, state: 'running', percent: 40 }, NOW)
        expect(await store.updateCommand(agent_id, { command_id, state }, NOW)).toMatchObject({ state, percent })
        expect(await store.findCommand(command_id)).toMatchObject({ state, percent })
      }
    })

    it('that have ended stay as they ended, and are audited once', async () => {
      const store = readStore()
      const agent_id = await enrolAgent(store)
      const { command_id } = newCommand(agent_id)
      await store.createCommand(newCommand(agent_id, { command_id }), DESK, NOW)
      await store.takeCommands(agent_id, NOW)
      const refused = { command_id, state: 'refused', message: '192.0.2.1 is no target' } as const
      const record = await store.updateCommand(agent_id, refused, NOW + 1)
      for (const state of ['running', 'succeeded', 'expired'] as const) {
        expect(await store.updateCommand(agent_id, { command_id, state }, NOW + 2)).toEqual(record)
      }
      expect(await store.expireCommands(NOW + DAY)).toBe(0)
      expect((await audit(command_id)).map(({ action, outcome }) => [action, outcome])).toEqual([
        ['command_created', 'success'],
        ['command_ended', 'denied'],
      ])
    })

    it('expire where nobody began them in time; one that was handed over was perhaps begun', async () => {
      const store = readStore()
      const agent_id = await enrolAgent(store)
      const [pending, sent, running] = [newCommand(agent_id), newCommand(agent_id), newCommand(agent_id)]
      await store.createCommand(sent, DESK, NOW)
      await store.createCommand(running, DESK, NOW)
      await store.takeCommands(agent_id, NOW)
      await store.updateCommand(agent_id, { command_id: running.command_id, state: 'running' }, NOW)
      await store.createCommand(pending, DESK, NOW)
      expect(await store.expireCommands(sent.expires_at - 1)).toBe(0)
      expect(await store.takeCommands(agent_id, sent.expires_at)).toEqual([])
      expect(await store.expireCommands(sent.expires_at)).toBe(2)
      const states = async () =>
        (await store.listCommands(agent_id, 10)).map(({ command_id, state }) => [command_id, state])
      expect(await states()).toEqual([
        [pending.command_id, 'expired'],
        [running.command_id, 'running'],
        [sent.command_id, 'expired'],
      ])
      expect(await audit(pending.command_id)).toMatchObject([
        { action: 'command_created' },
        { action: 'command_ended', actor: 'server', details: { state: 'expired' } },
      ])
      const late = { state: 'succeeded', result: { printers: 1 } } as const
      await store.updateCommand(agent_id, { command_id: sent.command_id, ...late }, NOW + DAY)
      await store.updateCommand(agent_id, { command_id: pending.command_id, ...late }, NOW + DAY)
      expect(await states()).toEqual([
        [pending.command_id, 'expired'],
        [running.command_id, 'running'],
        [sent.command_id, 'succeeded'],
      ])
      expect(await store.expireCommands(running.expires_at + 7 * DAY)).toBe(1)
      expect(await store.findCommand(running.command_id)).toMatchObject({
        state: 'failed',
        ended_at: expect.any(String),
      })
    })

    it('are of one agent, which there has to be, and no more than so many at one time', async () => {
      const store = readStore()
      const [agent_id, other] = [await enrolAgent(store), await enrolAgent(store)]
      expect(await store.createCommand(newCommand('nobody'), ADMIN, NOW)).toBe('agent_unknown')
      const first = newCommand(agent_id)
      await store.createCommand(first, ADMIN, NOW)
      for (let i = 1; i < MAX_OPEN_COMMANDS; i++) await store.createCommand(newCommand(agent_id), ADMIN, NOW)
      expect(await store.createCommand(newCommand(agent_id), ADMIN, NOW)).toBe('too_many')
      expect(await store.createCommand(newCommand(other), ADMIN, NOW)).toMatchObject({ state: 'pending' })
      const { command_id } = first
      expect(await store.updateCommand(other, { command_id, state: 'failed' }, NOW)).toBeNull()
      expect(await store.updateCommand(agent_id, { command_id: 'no-such', state: 'failed' }, NOW)).toBeNull()
      expect(await store.findCommand(command_id)).toMatchObject({ state: 'pending' })
      expect(await store.findCommand('no-such')).toBeNull()
      await store.updateCommand(agent_id, { command_id, state: 'failed' }, NOW)
      expect(await store.createCommand(newCommand(agent_id), ADMIN, NOW)).toMatchObject({ state: 'pending' })
      expect(await store.listCommands(agent_id, 5)).toHaveLength(5)
      expect(await store.listCommands('nobody', 5)).toEqual([])
    })

    it('keep no result that is larger than one may be', async () => {
      const store = readStore()
      const agent_id = await enrolAgent(store)
      const command = newCommand(agent_id, { kind: 'send_diagnostics', params: {} })
      await store.createCommand(command, ADMIN, NOW)
      const result = { log: 'x'.repeat(MAX_RESULT_CHARACTERS) }
      const { command_id } = command
      const record = await store.updateCommand(agent_id, { command_id, state: 'succeeded', result }, NOW)
      expect(Object.keys(record?.result ?? {})).toEqual(['left_out'])
    })
  })
}
