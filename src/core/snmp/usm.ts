import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import snmp from 'net-snmp'
import type { AuthProtocol, PrivProtocol } from '../model/credential.ts'

/**
 * The user-based security model's cryptography (RFC 3414, RFC 3826, RFC 7860), by net-snmp. Two things it lacks are
 * given to it here: AES-192, and a single DES that works with OpenSSL 3.
 */

export interface UsmEngine {
  id: Buffer
  boots: number
  time: number
}

/** Passphrases in clear, as they must be to localise them to an engine. */
export interface UsmKeys {
  authProtocol: AuthProtocol
  authKey: string
  privProtocol?: PrivProtocol
  privKey?: string
}

const { Authentication, Encryption, AuthProtocols, PrivProtocols } = snmp

const AUTH: Record<AuthProtocol, number> = {
  md5: AuthProtocols.md5,
  sha1: AuthProtocols.sha,
  sha224: AuthProtocols.sha224,
  sha256: AuthProtocols.sha256,
  sha384: AuthProtocols.sha384,
  sha512: AuthProtocols.sha512,
}
const AES192_BLUMENTHAL = 192
const AES192_REEDER = 193
const PRIV: Record<PrivProtocol, number> = {
  des: PrivProtocols.des,
  aes128: PrivProtocols.aes,
  aes192: AES192_BLUMENTHAL,
  aes256: PrivProtocols.aes256b,
  aes192c: AES192_REEDER,
  aes256c: PrivProtocols.aes256r,
}

const aes192 = {
  CRYPTO_ALGORITHM: 'aes-192-cfb',
  KEY_LENGTH: 24,
  BLOCK_LENGTH: 16,
  encryptPdu: Encryption.encryptPduAes,
  decryptPdu: Encryption.decryptPduAes,
}
Encryption.algorithms[AES192_BLUMENTHAL] = {
  ...aes192,
  localizationAlgorithm: Encryption.generateLocalizedKeyBlumenthal,
}
Encryption.algorithms[AES192_REEDER] = { ...aes192, localizationAlgorithm: Encryption.generateLocalizedKeyReeder }
const des = Encryption.algorithms[PrivProtocols.des]
if (des) Object.assign(des, { encryptPdu: encryptDes, decryptPdu: decryptDes })

/** Localised keys that net-snmp keeps; a stranger can invent engines, so the store is emptied when it grows. */
const MAX_CACHED_KEYS = 4096

function boundKeyCache(): void {
  if (Object.keys(Authentication.authToKeyCache).length > MAX_CACHED_KEYS) Authentication.authToKeyCache = {}
}

/** How many bytes the digest of this protocol has: 12 to 48 (RFC 3414, RFC 7860). */
export function digestLength(protocol: AuthProtocol): number {
  return Authentication.getParametersLength(AUTH[protocol])
}

/** Writes the digest over `message` into `digest`, a view inside it that holds zeros. */
export function writeDigest(message: Buffer, digest: Buffer, keys: UsmKeys, engineId: Buffer): void {
  boundKeyCache()
  Authentication.writeParameters(message, AUTH[keys.authProtocol], keys.authKey, engineId, digest)
}

/** True when `digest`, a view inside `message`, is the digest over it. */
export function isAuthentic(message: Buffer, digest: Buffer, keys: UsmKeys, engineId: Buffer): boolean {
  if (digest.length !== digestLength(keys.authProtocol)) return false
  boundKeyCache()
  const received = Buffer.from(digest)
  digest.fill(0)
  const computed = Authentication.calculateDigest(message, AUTH[keys.authProtocol], keys.authKey, engineId)
  received.copy(digest)
  return computed.equals(received)
}

/** Encrypts a scoped PDU; `salt` is the message's privacy parameters. */
export function encryptScopedPdu(scoped: Buffer, keys: UsmKeys, engine: UsmEngine): { data: Buffer; salt: Buffer } {
  const { privacy, key, authentication } = privacyOf(keys)
  const algorithm = algorithmOf(privacy)
  const { encryptedPdu, msgPrivacyParameters } = algorithm.encryptPdu(scoped, privacy, key, authentication, {
    engineID: engine.id,
    engineBoots: engine.boots,
    engineTime: engine.time,
  })
  return { data: encryptedPdu, salt: msgPrivacyParameters }
}

/**
 * Decrypts a scoped PDU; padding may follow it. With a wrong key the result is noise.
 * @throws RangeError when the salt or the data has an impossible size
 */
export function decryptScopedPdu(data: Buffer, salt: Buffer, keys: UsmKeys, engine: UsmEngine): Buffer {
  if (salt.length !== 8) throw new RangeError('privacy parameters must be 8 bytes')
  const { privacy, key, authentication } = privacyOf(keys)
  if (keys.privProtocol === 'des' && data.length % 8 !== 0) throw new RangeError('DES data must be whole blocks')
  return algorithmOf(privacy).decryptPdu(data, privacy, salt, key, authentication, {
    engineID: engine.id,
    engineBoots: engine.boots,
    engineTime: engine.time,
  })
}

function privacyOf(keys: UsmKeys): { privacy: number; key: string; authentication: number } {
  if (!keys.privProtocol || keys.privKey === undefined) throw new TypeError('no privacy key given')
  boundKeyCache()
  return { privacy: PRIV[keys.privProtocol], key: keys.privKey, authentication: AUTH[keys.authProtocol] }
}

function algorithmOf(privacy: number): (typeof Encryption.algorithms)[number] {
  const algorithm = Encryption.algorithms[privacy]
  if (!algorithm) throw new TypeError(`privacy protocol ${privacy} is not there`)
  return algorithm
}

interface NetSnmpEngine {
  engineID: Buffer
}

/** Triple DES with one key three times over is DES, and unlike `des-cbc` OpenSSL 3 still offers it. */
function desKeyAndIv(key: string, authentication: number, engine: NetSnmpEngine, salt: Buffer): [Buffer, Buffer] {
  const localized = Authentication.passwordToKey(authentication, key, engine.engineID)
  const desKey = localized.subarray(0, 8)
  const iv = Buffer.from(localized.subarray(8, 16))
  for (let i = 0; i < 8; i++) iv[i] = (iv[i] as number) ^ (salt[i] as number)
  return [Buffer.concat([desKey, desKey, desKey]), iv]
}

function encryptDes(scoped: Buffer, _privacy: number, key: string, authentication: number, engine: NetSnmpEngine) {
  const salt = randomBytes(8)
  const [desKey, iv] = desKeyAndIv(key, authentication, engine, salt)
  const padded = Buffer.alloc(Math.ceil(scoped.length / 8) * 8)
  scoped.copy(padded)
  const cipher = createCipheriv('des-ede3-cbc', desKey, iv).setAutoPadding(false)
  return { encryptedPdu: Buffer.concat([cipher.update(padded), cipher.final()]), msgPrivacyParameters: salt }
}

function decryptDes(
  data: Buffer,
  _privacy: number,
  salt: Buffer,
  key: string,
  authentication: number,
  engine: NetSnmpEngine,
): Buffer {
  const [desKey, iv] = desKeyAndIv(key, authentication, engine, salt)
  const decipher = createDecipheriv('des-ede3-cbc', desKey, iv).setAutoPadding(false)
  return Buffer.concat([decipher.update(data), decipher.final()])
}
