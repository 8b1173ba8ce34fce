import { setTimeout as sleep } from 'node:timers/promises'
import { cleanText } from '../core/output/clean-text.ts'
import { type CommandRecord, CommandRecordSchema, type CommandRequest } from '../core/protocol/commands.ts'
import type { CommandFlags } from './command-flags.ts'
import { openRemote } from './open-access.ts'

const ASK_EVERY_MS = 1000

/**
 * Asks an agent to do something, by its server.
 * @param wait stay until it has ended
 * @param tell takes sentences about how far it is
 * @throws PrintMasterError
 */
export async function runCommand(
  agent_id: string,
  request: CommandRequest,
  { wait, ...flags }: CommandFlags & { readonly wait: boolean },
  tell: (sentence: string) => void,
): Promise<CommandRecord> {
  const server = await openRemote(flags.server, flags, 'an admin', tell)
  const send = (method: 'GET' | 'POST', path: string, body?: unknown) =>
    server.send<CommandRecord>(CommandRecordSchema, method, path, body)
  try {
    let record = await send('POST', `/agents/${encodeURIComponent(agent_id)}/commands`, request)
    let told = ''
    while (wait && record.ended_at === null) {
      const sentence = describeCommand(record)
      if (sentence !== told) tell(sentence)
      told = sentence
      await sleep(ASK_EVERY_MS)
      record = await send('GET', `/commands/${record.command_id}`)
    }
    return record
  } finally {
    await server.close()
  }
}

/** How far a command is, or how it ended. */
export function describeCommand({ kind, state, percent, message }: CommandRecord): string {
  const words = {
    pending: 'waits for the agent to connect',
    sent: 'the agent was handed it',
    running: `runs${percent === null ? '' : `, ${percent} %`}`,
    succeeded: 'done',
    failed: 'failed',
    refused: 'the agent refuses it',
    expired: 'expired',
  }[state]
  return `${kind}: ${words}${message === null || message === '' ? '' : `: ${cleanText(message)}`}`
}
