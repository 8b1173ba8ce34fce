import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { decodeMessage, encodeCommunityMessage, type Pdu } from '../../src/core/snmp/message.ts'

/** A datagram that came back, and from where. */
export interface Received {
  bytes: Buffer
  address: string
  port: number
}

/** A bare UDP socket on loopback, for tests that look at datagrams one by one. */
export class UdpClient {
  readonly socket: Socket = createSocket('udp4')
  readonly received: Received[] = []
  private readonly waiting: (() => void)[] = []

  static async open(): Promise<UdpClient> {
    const client = new UdpClient()
    client.socket.on('message', (bytes, { address, port }) => {
      client.received.push({ bytes, address, port })
      for (const wake of client.waiting.splice(0)) wake()
    })
    client.socket.bind(0, '127.0.0.1')
    await once(client.socket, 'listening')
    return client
  }

  send(bytes: Buffer, address: string, port: number): Promise<void> {
    return new Promise((resolve, reject) =>
      this.socket.send(bytes, port, address, (error) => (error ? reject(error) : resolve())),
    )
  }

  /** Resolves when so many datagrams have come in all. */
  async arrival(count: number): Promise<void> {
    while (this.received.length < count) await new Promise<void>((resolve) => this.waiting.push(resolve))
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.socket.close(() => resolve()))
  }
}

/** A v1 or v2c request for these objects. */
export function buildRequest(
  oids: string[],
  options: { requestId?: number; version?: '1' | '2c'; type?: Pdu['type']; repetitions?: number } = {},
): Buffer {
  const { requestId = 1, version = '2c', type = 'get', repetitions = 0 } = options
  const varbinds = oids.map((oid) => ({ oid, value: { type: 'null' } as const }))
  const pdu: Pdu = { type, requestId, errorStatus: 0, errorIndex: repetitions, varbinds }
  return encodeCommunityMessage({ version, community: Buffer.from('public'), pdu })
}

/** The PDU of a v1 or v2c message. */
export function readPdu(bytes: Buffer): Pdu {
  const message = decodeMessage(bytes)
  if (message.version === '3') throw new Error('v1 or v2c expected')
  return message.pdu
}
