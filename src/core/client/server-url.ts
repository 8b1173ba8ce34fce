import { isLoopback } from '../model/is-loopback.ts'

/** What can be wrong with the URL of a server; callers say it in the words of their flag or key. */
export type ServerUrlFault = 'no_url' | 'has_credentials' | 'has_query' | 'plaintext'

/**
 * The URL of a server: http or https, with a path where the server is below one.
 * @param allow_plaintext plain HTTP beyond loopback is taken
 */
export function judgeServerUrl(text: string, allow_plaintext: boolean): URL | ServerUrlFault {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return 'no_url'
  if (url.username !== '' || url.password !== '') return 'has_credentials'
  if (url.search !== '' || url.hash !== '') return 'has_query'
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allow_plaintext) return 'plaintext'
  return url
}

/** The URL as logs, errors and status may show it: what may be a name, a password or a key is left out. */
export function showServerUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  // without a host the part before @ is a name or a password all the same
  if (url === null || url.host === '') return /[@?#]/.test(text) ? '(hidden)' : text
  if (url.username === '' && url.password === '' && url.search === '' && url.hash === '') return text
  url.username = ''
  url.password = ''
  url.search = ''
  url.hash = ''
  return url.href
}

/** Where a WebSocket of it is. @param path `/ws/agent` */
export function socketUrl(url: URL, path: string): string {
  return `${url.origin.replace(/^http/, 'ws')}${url.pathname.replace(/\/+$/, '')}${path}`
}

/** Where its API is, without a slash at the end. */
export function apiBase(url: URL): string {
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}/api/v1`
}
