import { type Asker, recordAccess } from './record-access.ts'
import type { Services } from './services.ts'

/**
 * Notes the journal that a request of an agent names. True while another machine uses another one under the same
 * agent_id; the audit log gets to know it once for each two of them, and no more than once an hour. Waits for nothing.
 */
export function noteJournal(
  request: Asker,
  agent_id: string,
  journal_id: string,
  { journals, client, log }: Pick<Services, 'journals' | 'client' | 'log'>,
): boolean {
  const { arrived_at, remote_address } = request
  const others = journals.hear(agent_id, journal_id, arrived_at, remote_address)
  const ids = others.map((other) => other.journal_id)
  if (others.length === 0 || !journals.isNews(agent_id, journal_id, ids, arrived_at)) return others.length > 0
  const here = { journal_id: journal_id.toLowerCase(), ip_address: remote_address }
  const details = {
    journals: [here, ...others.map((other) => ({ journal_id: other.journal_id, ip_address: other.ip_address }))],
  }
  log.warn({ agent_id, ...details }, 'two machines run as this agent')
  recordAccess(client.store, request, {
    action: 'agent_cloned',
    resource_type: 'agent',
    resource_id: agent_id,
    outcome: 'failure',
    details,
  }).catch((error: Error) => {
    log.error({ agent_id, reason: error.message }, 'agent_cloned could not be recorded')
  })
  return true
}
