import { isIP } from 'node:net'
import { judgeServerUrl, type ServerUrlFault, showServerUrl } from '../client/server-url.ts'
import { isLoopback } from '../model/is-loopback.ts'
import { Secret } from '../model/secret.ts'
import { agentId } from '../protocol/agents.ts'
import { quoteText } from '../targets/quote-text.ts'
import { type Kind, refuse, tokenOf } from './kinds.ts'

const AGENT_ID = new RegExp((agentId as unknown as { pattern: string }).pattern)

/** An address of this machine that no other reaches. */
export const loopbackAddress: Kind<string> = {
  secret: false,
  parse: (text, complain) =>
    isIP(text) !== 0 && isLoopback(text)
      ? text
      : refuse(complain, `${quoteText(text)} is not a loopback address; write 127.0.0.1 or ::1`),
}

/** What an agent may call itself, as the server checks it. */
export const agentName: Kind<string> = {
  secret: false,
  parse: (text, complain) =>
    AGENT_ID.test(text)
      ? text
      : refuse(
          complain,
          `${quoteText(text)} is no agent_id: letters, digits and . _ : -, at most 128 of them, and no word of the API such as "list"`,
        ),
}

/** `http://` or `https://`, a path allowed; nothing secret in it. Without the slash at its end. */
export const serverUrl: Kind<string> = {
  secret: false,
  parse: (text, complain) => {
    // whether plain HTTP is allowed, another key says
    const url = judgeServerUrl(text, true)
    if (typeof url !== 'string') return url.href.replace(/\/+$/, '')
    return refuse(complain, URL_FAULTS[url](quoteText(showServerUrl(text))))
  },
}

const URL_FAULTS: Readonly<Record<ServerUrlFault, (quoted: string) => string>> = {
  no_url: (quoted) => `${quoted} is no URL of a server; write for example https://printers.example:9090`,
  has_credentials: () => 'the URL holds a name or a password; agents register with enrolment_token',
  has_query: (quoted) => `${quoted}: leave out what follows ? or #`,
  plaintext: () => 'token and readings could be read on the way; write https://, or add allow_plaintext = yes',
}

/** What is wrong with a URL of plain HTTP beyond loopback where that is not allowed; null for all others. */
export function judgePlaintext(url: string, allow_plaintext: boolean): string | null {
  const fault = judgeServerUrl(url, allow_plaintext)
  return fault === 'plaintext' ? URL_FAULTS.plaintext('') : null
}

/** A token to register with, which the server has made or been given. */
export const serverToken = tokenOf('make one at the server with "printmaster token create --scope enrolment"')

/** The URL of an HTTP proxy, which may hold a name and a password and is treated as a secret. */
export const proxyUrl: Kind<Secret> = {
  secret: true,
  parse: (text, complain) => {
    const url = URL.canParse(text) ? new URL(text) : null
    const isHttp = url !== null && ['http:', 'https:'].includes(url.protocol)
    if (isHttp && url.pathname === '/' && url.search === '' && url.hash === '') return new Secret(url.href)
    return refuse(complain, 'this is no URL of a proxy; write for example http://proxy.example:3128')
  },
}
