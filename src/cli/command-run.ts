import { setTimeout as sleep } from 'node:timers/promises'
import { Check } from 'typebox/value'
import { createApiClient } from '../core/client/api-client.ts'
import { PrintMasterError } from '../core/model/error.ts'
import { cleanText } from '../core/output/clean-text.ts'
import { type CommandRecord, CommandRecordSchema, type CommandRequest } from '../core/protocol/commands.ts'
import { quoteText } from '../core/targets/quote-text.ts'
import { readTextFile } from '../core/targets/text-file.ts'
import type { CommandFlags } from './command-flags.ts'
import { readToken } from './read-token.ts'

const LARGEST_CA = 4 * 1024 * 1024
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
  const client = createApiClient({
    url: flags.server,
    token: await readToken(flags['token-file'], process.env, tell),
    ca: flags.ca === undefined ? null : (await readTextFile(flags.ca, quoteText(flags.ca), LARGEST_CA)).text,
    allow_plaintext: flags['allow-plaintext'] ?? false,
  })
  const asRecord = (answer: unknown): CommandRecord => {
    if (Check(CommandRecordSchema, answer)) return answer
    throw new PrintMasterError('server_refused', `${flags.server} answers, but not as a PrintMaster server does`)
  }
  try {
    let record = asRecord(await client.send('POST', `/agents/${encodeURIComponent(agent_id)}/commands`, request))
    let told = ''
    while (wait && record.ended_at === null) {
      const sentence = describeCommand(record)
      if (sentence !== told) tell(sentence)
      told = sentence
      await sleep(ASK_EVERY_MS)
      record = asRecord(await client.send('GET', `/commands/${record.command_id}`))
    }
    return record
  } finally {
    await client.close()
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
