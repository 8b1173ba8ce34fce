import type { CommunityCredential } from '../model/credential.ts'
import { encodeCommunityMessage } from './message.ts'
import { RoundTrip, requestPdu, takeVarbinds } from './request-pdu.ts'
import type { SessionOptions, SnmpSession } from './session.ts'
import type { Varbind } from './value.ts'

/** SNMPv1 and v2c (RFC 1157, RFC 1901). */
export class CommunitySession implements SnmpSession {
  readonly address: string
  readonly port: number
  readonly version: '1' | '2c'
  private readonly community: Buffer
  private readonly options: SessionOptions
  private readonly roundTrip: RoundTrip

  constructor(credential: CommunityCredential, options: SessionOptions) {
    this.address = options.address
    this.port = options.port
    this.version = credential.version
    this.community = Buffer.from(credential.community.reveal())
    this.options = options
    this.roundTrip = new RoundTrip(options.roundTrip)
  }

  async request(type: 'get' | 'get_next' | 'get_bulk', oids: readonly string[], repetitions = 0): Promise<Varbind[]> {
    const { wire, address, port, timeout, retries, signal } = this.options
    const id = wire.newId()
    const pdu = requestPdu(type, id, oids, repetitions)
    const bytes = encodeCommunityMessage({ version: this.version, community: this.community, pdu })
    const waits = this.roundTrip.waits(timeout, retries)
    return this.roundTrip.measure(() =>
      wire.exchange(
        { id, bytes, address, port, waits },
        (message) => (message.version === this.version ? takeVarbinds(message.pdu, address) : undefined),
        signal,
      ),
    )
  }
}
