import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Signed {
  /** PEM texts. */
  readonly certificate: string
  readonly key: string
}

export interface Authority {
  readonly pem: string
  /** @param names subjectAltName, for example `DNS:printers.example,IP:127.0.0.1` */
  sign(name: string, names: string): Signed
}

/** A private authority, made now, with its files in the folder. */
export function makeAuthority(folder: string, name: string): Authority {
  const make = (file: string, args: readonly string[]): Signed => {
    const [certificate, key] = [join(folder, `${file}.crt`), join(folder, `${file}.key`)]
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30']
    execFileSync('openssl', [...request, '-subj', `/CN=${file}`, ...args, '-keyout', key, '-out', certificate], {
      stdio: 'ignore',
    })
    return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') }
  }
  const own = make(name, ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'])
  const by = ['-CA', join(folder, `${name}.crt`), '-CAkey', join(folder, `${name}.key`)]
  return {
    pem: own.certificate,
    sign: (file, names) =>
      make(file, [...by, '-addext', `subjectAltName=${names}`, '-addext', 'basicConstraints=critical,CA:FALSE']),
  }
}
