import { setTimeout as sleep } from 'node:timers/promises'
import { refusalOf } from '../core/client/read-refusal.ts'
import { submitCommand } from '../core/client/submit-command.ts'
import { PrintMasterError } from '../core/model/error.ts'
import { cleanText } from '../core/output/clean-text.ts'
import { describeAge } from '../core/output/describe-age.ts'
import { type AgentList, AgentListSchema } from '../core/protocol/agents.ts'
import { type CommandRecord, CommandRecordSchema, type CommandRequest } from '../core/protocol/commands.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import type { CommandFlags } from './command-flags.ts'
import { openRemote, type RemoteAccess } from './open-access.ts'

const ASK_EVERY_MS = 1000

/**
 * Asks an agent to do something, by its server.
 * @param agent its agent_id, or the name or host name that it alone has
 * @param wait stay until it has ended
 * @param tell takes sentences about how far it is
 * @throws PrintMasterError
 */
export async function runCommand(
  agent: string,
  request: CommandRequest,
  { wait, ...flags }: CommandFlags & { readonly wait: boolean },
  tell: (sentence: string) => void,
): Promise<CommandRecord> {
  const server = await openRemote(flags.server, flags, 'an admin', tell)
  const send = (method: 'GET' | 'POST', path: string, body?: unknown) =>
    server.send<CommandRecord>(CommandRecordSchema, method, path, body)
  try {
    const ask = (agent_id: string) => submitCommand(send, agent_id, request)
    let record = await ask(agent).catch(async (error: unknown) => {
      if (refusalOf(error)?.code !== 'not_found') throw error
      return ask(await findByName(server, agent))
    })
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

/** @throws PrintMasterError bad_flag where no agent is called so, or more than one */
async function findByName(server: RemoteAccess, name: string): Promise<string> {
  const found: string[] = []
  for (let cursor = ''; ; ) {
    const path = `/agents/list?limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
    const { agents, next_cursor } = await server.send<AgentList>(AgentListSchema, 'GET', path)
    found.push(...agents.filter((each) => each.name === name || each.hostname === name).map(({ agent_id }) => agent_id))
    if (next_cursor === null) break
    cursor = next_cursor
  }
  const [agent_id, ...others] = found
  if (agent_id === undefined) {
    throw new PrintMasterError(
      'bad_flag',
      `no agent of this server has the agent_id, name or host name ${quoteText(name)}; 'printmaster status --server URL --format csv' lists them`,
    )
  }
  if (others.length > 0) {
    throw new PrintMasterError(
      'bad_flag',
      `${found.length} agents are called ${quoteText(name)}: say which by its agent_id, ${found.slice(0, 5).join(', ')}${found.length > 5 ? ', …' : ''}`,
    )
  }
  return agent_id
}

/** How far a command is, or how it ended. */
export function describeCommand({ kind, state, percent, message, created_at, expires_at }: CommandRecord): string {
  const longest = describeAge(Date.parse(expires_at) - Date.parse(created_at))
  const words = {
    // both times are the server's, whose clock need not be ours
    pending: `the agent is not connected; it is handed it when it connects within ${longest}`,
    sent: 'the agent was handed it',
    running: `runs${percent === null ? '' : `, ${percent} %`}`,
    succeeded: 'done',
    failed: 'failed',
    refused: 'the agent refuses it',
    expired: 'expired',
  }[state]
  return `${kind}: ${words}${message === null || message === '' ? '' : `: ${cleanText(message)}`}`
}
