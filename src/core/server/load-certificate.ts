import { readFile } from 'node:fs/promises'
import { createSecureContext, type SecureVersion } from 'node:tls'
import { PrintMasterError } from '../model/error.ts'
import type { TlsFiles } from './server-options.ts'

export interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
  readonly minVersion: SecureVersion
}

/**
 * Reads the PEM files and makes sure that they belong together.
 * @throws PrintMasterError bad_config
 */
export async function loadCertificate(files: TlsFiles): Promise<Certificate> {
  const cert = await read('certificate', files.certificate)
  const key = await read('key', files.key)
  const certificate = { cert, key, minVersion: 'TLSv1.2' } as const
  try {
    createSecureContext(certificate)
  } catch (error) {
    throw new PrintMasterError('bad_config', `[tls] ${explain(error as NodeJS.ErrnoException, files)}`)
  }
  return certificate
}

async function read(what: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    throw new PrintMasterError(
      'bad_config',
      `[tls] ${what}: cannot read ${file} (${(error as NodeJS.ErrnoException).code})`,
    )
  }
}

function explain({ code }: NodeJS.ErrnoException, { certificate, key }: TlsFiles): string {
  if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH')
    return `key: ${key} does not belong to the certificate ${certificate}`
  if (code === 'ERR_OSSL_BAD_DECRYPT' || code === 'ERR_MISSING_PASSPHRASE') {
    return `key: ${key} is protected by a passphrase; save it without one, readable by this user alone`
  }
  return `certificate: ${certificate} and key: ${key} are not a PEM certificate with its key (${code ?? 'unreadable'})`
}
