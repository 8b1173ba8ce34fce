import type { PduType } from './message.ts'
import type { Varbind } from './value.ts'
import type { Wire } from './wire.ts'

export interface SessionOptions {
  wire: Wire
  address: string
  port: number
  /** Milliseconds to wait for an answer after the last try. */
  timeout: number
  retries: number
  /** Milliseconds that the device took to answer before. */
  roundTrip?: number
  signal?: AbortSignal
}

/** Asks one device, one request in flight. Every method may raise SnmpError. */
export interface SnmpSession {
  readonly address: string
  readonly port: number
  readonly version: '1' | '2c' | '3'
  /** The answer's variable bindings. With GetBulk `repetitions` is max-repetitions; non-repeaters are never used. */
  request(
    type: Extract<PduType, 'get' | 'get_next' | 'get_bulk'>,
    oids: readonly string[],
    repetitions?: number,
  ): Promise<Varbind[]>
}
