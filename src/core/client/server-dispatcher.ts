import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import { isLoopback } from '../model/is-loopback.ts'
import type { Secret } from '../model/secret.ts'
import { composeServerTls, type ServerTls } from './server-tls.ts'

export interface DispatcherOptions {
  readonly url: URL
  readonly tls: ServerTls
  /** Null: the proxy variables of the environment count. */
  readonly proxy: Secret | null
  readonly connect_ms: number
  /** Of the answer, in bytes. */
  readonly largest_answer: number
}

/**
 * The connections to one server. What is on loopback, or named in NO_PROXY, is never asked through a proxy.
 * @throws Error for a certificate, key or proxy that cannot be used; its message repeats no secret
 */
export function createServerDispatcher(options: DispatcherOptions): Dispatcher {
  const { url, proxy, connect_ms } = options
  const secure = composeServerTls(options.tls)
  const shared = {
    connect: { ...secure, timeout: connect_ms },
    maxResponseSize: options.largest_answer,
    allowH2: false,
  }
  if (isLoopback(url.hostname)) return new Agent(shared)
  try {
    return new EnvHttpProxyAgent({
      ...shared,
      connectTimeout: connect_ms,
      requestTls: { ...secure, servername: readServerName(url) },
      ...(proxy !== null && { httpProxy: proxy.reveal(), httpsProxy: proxy.reveal() }),
    })
  } catch {
    // the library's own message repeats the URL, which may hold a password
    throw new Error('the URL of the proxy cannot be used; write for example http://proxy.example:3128')
  }
}

/** Addresses have no place in SNI (RFC 6066, section 3); an empty name leaves it out. */
function readServerName({ hostname }: URL): string {
  return /^[\d.]+$|:/.test(hostname) ? '' : hostname
}
