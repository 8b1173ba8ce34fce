import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface CertificateFiles {
  readonly certificate: string
  readonly key: string
  /** PEM text of the certificate. */
  readonly pem: string
}

/** A fresh certificate for localhost and 127.0.0.1, signed by itself, as `NAME.crt` and `NAME.key` in the folder. */
export function makeCertificate(folder: string, name: string, days = 30): CertificateFiles {
  const [certificate, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)]
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  execFileSync('openssl', [...request, ...subject, '-days', String(days), '-keyout', key, '-out', certificate], {
    stdio: 'ignore',
  })
  return { certificate, key, pem: readFileSync(certificate, 'utf8') }
}
