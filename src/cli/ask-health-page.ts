import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import type { AgentStatusPage } from '../core/agent/agent-facts.ts'
import type { Config } from '../core/config/config.ts'

const TIMEOUT = 5000

export type PageAnswer =
  | ({ readonly running: true } & AgentStatusPage)
  /** Null where it cannot be told. */
  | { readonly running: false | null; readonly reason: string }

/** Asks the agent of this machine how it is. Never rejects. */
export async function askHealthPage({ health }: Config['agent']): Promise<PageAnswer> {
  if (health === null || health.port === 0) {
    return { running: null, reason: 'the agent cannot be asked, because [agent] health_port names no port' }
  }
  const host = health.address.includes(':') ? `[${health.address}]` : health.address
  const url = `http://${host}:${health.port}`
  const signal = AbortSignal.timeout(TIMEOUT)
  try {
    const page = JSON.parse(await fetchText(`${url}/status`, signal))
    if (isStatusPage(page)) return { running: true, ...page }
  } catch (error) {
    if (signal.aborted) {
      return { running: false, reason: `the agent does not answer at ${url} within ${TIMEOUT / 1000} s` }
    }
    if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') {
      return { running: false, reason: 'the agent is not running' }
    }
  }
  return { running: null, reason: `what answers at ${url} is no agent` }
}

/** Not `fetch`, which refuses ports that browsers keep away from. */
function fetchText(url: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { signal, agent: false }, (answer) => text(answer).then(resolve, reject)).once('error', reject)
  })
}

function isStatusPage(page: unknown): page is AgentStatusPage {
  const parts = ['agent_id', 'uplink', 'printers', 'discovery', 'journal', 'known_printers']
  return typeof page === 'object' && page !== null && parts.every((part) => part in page)
}
