import { createHash, timingSafeEqual, X509Certificate } from 'node:crypto'
import type { ConnectionOptions } from 'node:tls'
import { Agent, type buildConnector, type Dispatcher, EnvHttpProxyAgent } from 'undici'
import { isLoopback } from '../model/is-loopback.ts'
import type { Secret } from '../model/secret.ts'

export interface DispatcherOptions {
  readonly url: URL
  readonly tls: {
    /** PEM text of a private authority; null for those that Node knows. */
    readonly ca: string | null
    readonly client: { readonly certificate: string; readonly key: Secret } | null
    /** `ca` is the certificate of the server itself, whatever its name. */
    readonly pinned?: boolean
  }
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
  const secure = composeTls(options)
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

function composeTls({ tls: { ca, client, pinned } }: DispatcherOptions): buildConnector.BuildOptions {
  return {
    minVersion: 'TLSv1.2',
    ...(ca !== null && { ca }),
    ...(client !== null && { cert: client.certificate, key: client.key.reveal() }),
    ...(ca !== null && pinned && { allowPartialTrustChain: true, checkServerIdentity: expectCertificate(ca) }),
  }
}

/** Takes this certificate and no other: who holds its key is the server, whatever it is called. */
function expectCertificate(pem: string): NonNullable<ConnectionOptions['checkServerIdentity']> {
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()
  const expected = hash(new X509Certificate(pem).raw)
  return (_host, { raw }) => {
    if (timingSafeEqual(hash(raw), expected)) return undefined
    return Object.assign(new Error('the server shows another certificate'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  }
}

/** Addresses have no place in SNI (RFC 6066, section 3); an empty name leaves it out. */
function readServerName({ hostname }: URL): string {
  return /^[\d.]+$|:/.test(hostname) ? '' : hostname
}
