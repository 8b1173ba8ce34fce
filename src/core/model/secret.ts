const MASK = '[secret]'

/**
 * A community, key or token. Whatever prints, logs or serialises it gets `[secret]`; only `reveal()` gives the text.
 * The text sits in a private field, which neither spreading nor `Object.entries` reaches.
 */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself: only for the place that hands it to the wire. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  [Symbol.toPrimitive](): string {
    return MASK
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return MASK
  }
}
