import type { CommunityCredential } from '../model/credential.ts'
import { encodeCommunityMessage } from './message.ts'
import { requestPdu, takeVarbinds } from './request-pdu.ts'
import { RoundTrip } from './round-trip.ts'
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

  request(type: 'get' | 'get_next' | 'get_bulk', oids: readonly string[], repetitions = 0): Promise<Varbind[]> {
    const { version, community, address, roundTrip } = this
    const encode = (id: number) =>
      encodeCommunityMessage({ version, community, pdu: requestPdu(type, id, oids, repetitions) })
    return this.options.wire.exchange({ ...this.options, roundTrip, encode }, (message) =>
      message.version === version && message.community.equals(community)
        ? takeVarbinds(message.pdu, address)
        : undefined,
    )
  }
}
