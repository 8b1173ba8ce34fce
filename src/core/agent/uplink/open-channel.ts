import { type AgentClient, type AgentClientTimes, createAgentClient } from '../../client/agent-client.ts'
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

/**
 * The connections to the server that config names.
 * @returns a sentence where that cannot be: what is wrong, and what to do
 */
export function openChannel(options: UplinkOptions, times?: AgentClientTimes): AgentClient | string {
  const { tls, proxy } = options
  const url = judgeServerUrl(options.url, options.allow_plaintext)
  if (typeof url === 'string') return `[server] url: ${FAULTS[url](options.url)}`
  try {
    return createAgentClient({ url, tls, proxy, ...(times && { times }) })
  } catch (error) {
    return `[server]: the connection cannot be set up: ${error instanceof Error ? error.message : String(error)}`
  }
}
