import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { PrintMasterError } from '../model/error.ts'

/** Signs what is said of the audit log. It lies outside of the database: who can change that cannot sign. */
export interface SigningKey {
  /** PEM (SubjectPublicKeyInfo): what others check signatures with. */
  readonly public_key: string
  sign(body: string): Uint8Array
}

/** Where the key of a database is, unless config says otherwise. */
export const signingKeyPath = (database: string): string => `${database}.audit-key`

/**
 * The Ed25519 key in a file (PEM, PKCS #8), which is made (0600) where there is none. It is never replaced.
 * @throws PrintMasterError file_unreadable, file_unwritable
 */
export function openSigningKey(path: string): SigningKey {
  return asSigningKey(readKey(path) ?? makeKey(path), path)
}

/** The same, but null where there is none yet. @throws PrintMasterError file_unreadable */
export function findSigningKey(path: string): SigningKey | null {
  const pem = readKey(path)
  return pem === null ? null : asSigningKey(pem, path)
}

/** False for a signature of another key or another text, and for a text that is no key. */
export function checkSignature(body: string, signature: Uint8Array, public_key: string): boolean {
  try {
    const key = createPublicKey(public_key)
    return key.asymmetricKeyType === 'ed25519' && verify(null, Buffer.from(body), key, signature)
  } catch {
    return false
  }
}

const PUBLIC_KEY = /-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----/

/** The Ed25519 public key that a text holds, in the one form of PEM that can be compared; null where it holds none. */
export function parsePublicKey(text: string): string | null {
  // a private key would be taken as well, and its public half worked out: nobody is to hand that around
  const [pem] = PUBLIC_KEY.exec(text) ?? []
  if (pem === undefined) return null
  try {
    const key = createPublicKey(pem)
    return key.asymmetricKeyType === 'ed25519' ? (key.export({ type: 'spki', format: 'pem' }) as string) : null
  } catch {
    return null
  }
}

/** False as well where one of them is no key. */
export function isSameKey(one: string, other: string): boolean {
  const key = parsePublicKey(one)
  return key !== null && key === parsePublicKey(other)
}

function readKey(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return null
    throw new PrintMasterError('file_unreadable', `the key of the audit log ${path} cannot be read: ${code}`, {
      cause: error,
    })
  }
}

function makeKey(path: string): string {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  try {
    const file = openSync(path, 'wx', 0o600)
    try {
      writeSync(file, pem)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    return pem
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // somebody else made it in this moment
    const other = code === 'EEXIST' ? readKey(path) : null
    if (other !== null) return other
    throw new PrintMasterError('file_unwritable', `the key of the audit log ${path} cannot be written: ${code}`, {
      cause: error,
    })
  }
}

function asSigningKey(pem: string, path: string): SigningKey {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    throw brokenKey(path)
  }
  if (key.asymmetricKeyType !== 'ed25519') throw brokenKey(path)
  return {
    public_key: createPublicKey(key).export({ type: 'spki', format: 'pem' }) as string,
    sign: (body) => sign(null, Buffer.from(body), key),
  }
}

const brokenKey = (path: string) =>
  new PrintMasterError(
    'file_unreadable',
    `${path} holds no Ed25519 key, or a damaged one: put it back from a backup. Without it nothing new can be signed, and heads that it signed still verify with its public key`,
  )
