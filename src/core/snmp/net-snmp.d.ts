/** The parts of net-snmp that usm.ts uses: its user-based security (RFC 3414) as plain functions. */
declare module 'net-snmp' {
  interface Engine {
    engineID: Buffer
    engineBoots: number
    engineTime: number
  }
  interface Encrypted {
    encryptedPdu: Buffer
    msgPrivacyParameters: Buffer
  }
  interface PrivacyAlgorithm {
    CRYPTO_ALGORITHM: string
    KEY_LENGTH: number
    BLOCK_LENGTH: number
    encryptPdu(scopedPdu: Buffer, privacy: number, key: string, authentication: number, engine: Engine): Encrypted
    decryptPdu(
      encrypted: Buffer,
      privacy: number,
      salt: Buffer,
      key: string,
      authentication: number,
      engine: Engine,
    ): Buffer
    localizationAlgorithm(algorithm: PrivacyAlgorithm, authentication: number, key: string, engineId: Buffer): Buffer
  }
  const snmp: {
    AuthProtocols: Record<'md5' | 'sha' | 'sha224' | 'sha256' | 'sha384' | 'sha512', number>
    PrivProtocols: Record<'des' | 'aes' | 'aes256b' | 'aes256r', number>
    Authentication: {
      authToKeyCache: Record<string, Buffer>
      passwordToKey(protocol: number, password: string, engineId: Buffer): Buffer
      getParametersLength(protocol: number): number
      writeParameters(message: Buffer, protocol: number, password: string, engineId: Buffer, digest: Buffer): void
      calculateDigest(message: Buffer, protocol: number, password: string, engineId: Buffer): Buffer
    }
    Encryption: {
      algorithms: Record<number, PrivacyAlgorithm>
      encryptPduAes: PrivacyAlgorithm['encryptPdu']
      decryptPduAes: PrivacyAlgorithm['decryptPdu']
      generateLocalizedKeyBlumenthal: PrivacyAlgorithm['localizationAlgorithm']
      generateLocalizedKeyReeder: PrivacyAlgorithm['localizationAlgorithm']
    }
  }
  export default snmp
}
