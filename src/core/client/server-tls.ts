import { createHash, timingSafeEqual, X509Certificate } from 'node:crypto'
import type { ConnectionOptions } from 'node:tls'
import type { Secret } from '../model/secret.ts'

export interface ServerTls {
  /** PEM text of a private authority; null for those that Node knows. */
  readonly ca: string | null
  readonly client: { readonly certificate: string; readonly key: Secret } | null
  /** `ca` is the certificate of the server itself, whatever its name. */
  readonly pinned?: boolean
}

export type SecureOptions = Pick<
  ConnectionOptions,
  'minVersion' | 'ca' | 'cert' | 'key' | 'allowPartialTrustChain' | 'checkServerIdentity'
>

/** What every connection to a server wants of TLS. */
export function composeServerTls({ ca, client, pinned }: ServerTls): SecureOptions {
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
