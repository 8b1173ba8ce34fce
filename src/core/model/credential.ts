import type { Secret } from './secret.ts'

/** RFC 3414 section 6 (MD5, SHA-1) and RFC 7860 (SHA-2). */
export const AUTH_PROTOCOLS = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const
export type AuthProtocol = (typeof AUTH_PROTOCOLS)[number]

/**
 * RFC 3414 section 8 (DES) and RFC 3826 (AES-128). `aes192` and `aes256` lengthen a short key as
 * draft-blumenthal-aes-usm-04 does, `aes192c` and `aes256c` as draft-reeder-snmpv3-usm-3desede does (Cisco).
 */
export const PRIV_PROTOCOLS = ['des', 'aes128', 'aes192', 'aes256', 'aes192c', 'aes256c'] as const
export type PrivProtocol = (typeof PRIV_PROTOCOLS)[number]

/** RFC 3411 section 3.4.3. */
export const SECURITY_LEVELS = ['noAuthNoPriv', 'authNoPriv', 'authPriv'] as const
export type SecurityLevel = (typeof SECURITY_LEVELS)[number]

/** SNMPv1 and v2c: the community is all there is. */
export interface CommunityCredential {
  /** Says in messages which credential is meant; never secret. */
  readonly name: string
  readonly version: '1' | '2c'
  readonly community: Secret
}

/** SNMPv3, user-based security. What the security level asks for is there: config and flags see to it. */
export interface UserCredential {
  readonly name: string
  readonly version: '3'
  readonly username: string
  readonly security_level: SecurityLevel
  readonly auth_protocol?: AuthProtocol
  /** Pass phrase of at least 8 characters (RFC 3414 section 11.2), localised per engine where it is used. */
  readonly auth_key?: Secret
  readonly priv_protocol?: PrivProtocol
  readonly priv_key?: Secret
  readonly context_name?: string
}

/** One way to ask a device by SNMP. */
export type Credential = CommunityCredential | UserCredential
