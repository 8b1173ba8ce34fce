import {
  AGENT_CLIENT_TIMES,
  type AgentClient,
  type AgentClientTimes,
  createAgentClient,
} from '../../client/agent-client.ts'
import { createLiveClient, type LiveClient } from '../../client/live-client.ts'
import { judgeServerUrl, type ServerUrlFault, showServerUrl } from '../../client/server-url.ts'
import { quoteText } from '../../targets/quote-text.ts'
import type { UplinkOptions } from '../agent-options.ts'

const FAULTS: Readonly<Record<ServerUrlFault, (url: string) => string>> = {
  no_url: (url) =>
    `${quoteText(showServerUrl(url))} is no URL of a server; write for example https://printers.example:9090`,
  has_credentials: () => 'the URL holds a name or a password; the agent needs none but [server] enrolment_token',
  has_query: (url) => `${quoteText(showServerUrl(url))}: leave out what follows ? or #`,
  plaintext: (url) =>
    `${quoteText(url)}: the agent token could be read on the way; use https://, or set [server] allow_plaintext = true`,
}

/** The two ways to one server. */
export interface Channel {
  readonly http: AgentClient
  readonly live: LiveClient
}

/**
 * The connections to the server that config names.
 * @returns a sentence where that cannot be: what is wrong, and what to do
 */
export function openChannel(options: UplinkOptions, times: AgentClientTimes = AGENT_CLIENT_TIMES): Channel | string {
  const { tls, proxy } = options
  const url = judgeServerUrl(options.url, options.allow_plaintext)
  if (typeof url === 'string') return `[server] url: ${FAULTS[url](options.url)}`
  try {
    const http = createAgentClient({ url, tls, proxy, times })
    return { http, live: createLiveClient({ url, tls, proxy, handshake_ms: times.connect_ms }) }
  } catch (error) {
    return `[server]: the connection cannot be set up: ${error instanceof Error ? error.message : String(error)}`
  }
}
