/**
 * A message that is sent many times with another id each: encoded once, the id written into a copy. Ids take four bytes
 * (`Wire.newId`), so that all copies are equally long.
 */
export class DatagramTemplate {
  private readonly bytes: Buffer
  private readonly offsets: number[] = []

  /** @param encode encodes the message with an id, wherever it belongs in it */
  constructor(encode: (id: number) => Buffer) {
    this.bytes = encode(FIRST)
    const other = encode(SECOND)
    for (let i = 0; i < this.bytes.length; i++) {
      if (this.bytes[i] === other[i]) continue
      this.offsets.push(i)
      i += ID_SIZE - 1
    }
  }

  withId(id: number): Buffer {
    const copy = Buffer.from(this.bytes)
    for (const offset of this.offsets) copy.writeUInt32BE(id, offset)
    return copy
  }
}

const ID_SIZE = 4
/** Two ids that differ in every byte. */
const FIRST = 0x11111111
const SECOND = 0x22222222
