import { setTimeout as wait } from 'node:timers/promises'
import type { CommandRecord, CommandRequest } from '../protocol/commands.ts'

/** A server hands a command over right after it has answered: when it is asked whether it did. */
const ASK_AFTER_MS = [100, 300, 1000]

/**
 * Asks an agent for something, by its server.
 * @returns the record once the agent has it; as `pending` where the agent is not connected
 * @throws what `send` throws
 */
export async function submitCommand(
  send: (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<CommandRecord>,
  agent_id: string,
  request: CommandRequest,
): Promise<CommandRecord> {
  let record = await send('POST', `/agents/${encodeURIComponent(agent_id)}/commands`, request)
  for (const milliseconds of ASK_AFTER_MS) {
    if (record.state !== 'pending') break
    await wait(milliseconds)
    record = await send('GET', `/commands/${encodeURIComponent(record.command_id)}`)
  }
  return record
}
